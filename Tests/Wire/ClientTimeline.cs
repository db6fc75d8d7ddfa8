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
    private readonly List<(long At, bool Waiting)> _ends = new(0);
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

    /// <summary>The connection ended.</summary>
    /// <param name="at">When.</param>
    /// <param name="waiting">Whether the client waited for a stranger then.</param>
    public void Ended(long at, bool waiting)
    {
        if (_connected.Count > 0 && _connected[^1].To == long.MaxValue)
        {
            _connected[^1] = _connected[^1] with { To = at };
            _ends.Add((at, waiting));
        }
    }

    /// <summary>When its connections ended.</summary>
    public IEnumerable<long> Ends => _ends.Select(end => end.At);

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

    /// <summary>The same, if it waited for a stranger when it went.</summary>
    public long? GoneWaitingSince(long at) =>
        GoneSince(at) is { } since && _ends.Contains((since, true)) ? since : null;

    /// <summary>Rooms whose other member it has blocked, and when.</summary>
    public List<(WireId Room, long At)> BlockedIn { get; } = new(0);

    public void Block(WireId peer, long at) => (_blocks ??= []).TryAdd(peer, at);

    /// <summary>Since when the client has blocked <paramref name="peer"/>.</summary>
    public long? BlockedSince(WireId peer) =>
        _blocks is not null && _blocks.TryGetValue(peer, out var at) ? at : null;
}
