namespace Camdiv.Matchmaking;

/// <summary>The networks that a pool remembers something of. Bounded: past it a further network's people are bounded by nothing.</summary>
internal sealed class NetworkBook(WaitingSpares spares)
{
    /// <summary>Most networks remembered.</summary>
    public const int Most = 200_000;

    private const int MostSpare = 4_096;
    private const int LeastSwept = 16;
    private const int SweptPart = 64;

    private readonly Dictionary<AddressPrefix, Network> _byPrefix = [];
    private readonly Queue<Network> _round = new();
    private readonly Stack<Network> _spare = new();

    /// <summary>Tickets whose network could not be remembered any more.</summary>
    public long Untracked { get; private set; }

    /// <summary>Networks remembered.</summary>
    public int Count => _byPrefix.Count;

    public Network? Find(AddressPrefix prefix) =>
        prefix.IsNone ? null : _byPrefix.GetValueOrDefault(prefix);

    public Network? FindOrAdd(AddressPrefix prefix)
    {
        if (prefix.IsNone || _byPrefix.TryGetValue(prefix, out var network))
        {
            return Find(prefix);
        }
        if (_byPrefix.Count >= Most)
        {
            Untracked++;
            return null;
        }
        network = _spare.TryPop(out var spare) ? spare : new Network(spares);
        network.Prefix = prefix;
        _byPrefix.Add(prefix, network);
        _round.Enqueue(network);
        return network;
    }

    /// <summary>Forgets networks of which nothing is to be remembered: a part of all at each call, so that none stays long.</summary>
    public void Sweep(long nowMs)
    {
        for (var left = Math.Min(_round.Count, Math.Max(LeastSwept, _round.Count / SweptPart)); left > 0; left--)
        {
            var network = _round.Dequeue();
            if (!network.InLine && network.IsIdle(nowMs))
            {
                _byPrefix.Remove(network.Prefix);
                if (_spare.Count < MostSpare)
                {
                    _spare.Push(network);
                }
            }
            else
            {
                _round.Enqueue(network);
            }
        }
    }
}
