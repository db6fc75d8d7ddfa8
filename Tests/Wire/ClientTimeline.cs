namespace Camdiv.Tests.Wire;

/// <summary>A stretch of time, in microseconds of <see cref="WireClock"/>; open-ended while it lasts.</summary>
internal readonly record struct Stretch(long From, long To)
{
    public bool Contains(long at) => From <= at && at <= To;
}

/// <summary>A long wait for a stranger.</summary>
internal readonly record struct Wait(ClientTimeline Who, int Chat, long From, long To);

/// <summary>What one client's log says about it that rules over several clients need.</summary>
internal sealed class ClientTimeline(ClientLog log)
{
    private readonly List<Stretch> _connected = new(1);
    private Dictionary<WireId, long>? _blocks;

    public ClientLog Log { get; } = log;

    /// <summary>Its newest identity.</summary>
    public WireId User { get; set; }

    public void Opened(long at)
    {
        if (_connected.Count == 0 || _connected[^1].To != long.MaxValue)
        {
            _connected.Add(new Stretch(at, long.MaxValue));
        }
    }

    public void Ended(long at)
    {
        if (_connected.Count > 0 && _connected[^1].To == long.MaxValue)
        {
            _connected[^1] = _connected[^1] with { To = at };
        }
    }

    /// <summary>Whether one connection lasted from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public bool ConnectedThrough(long from, long to) => _connected.Exists(s => s.From <= from && s.To >= to);

    /// <summary>Since when the client has been gone at <paramref name="at"/>; null when it is connected then.</summary>
    public long? GoneSince(long at)
    {
        long? since = null;
        foreach (var stretch in _connected)
        {
            if (stretch.Contains(at))
            {
                return null;
            }
            if (stretch.To < at)
            {
                since = stretch.To;
            }
        }
        return since;
    }

    public void Block(WireId peer, long at) => (_blocks ??= []).TryAdd(peer, at);

    /// <summary>Since when the client has blocked <paramref name="peer"/>.</summary>
    public long? BlockedSince(WireId peer) =>
        _blocks is not null && _blocks.TryGetValue(peer, out var at) ? at : null;
}
