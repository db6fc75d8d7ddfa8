using System.Diagnostics.CodeAnalysis;

namespace Camdiv.Matchmaking;

/// <summary>
/// Whose data goes first when there is too much of it. One network holds a bounded share, whatever room there is: past it
/// its own go, so that throw-away identities push out each other and nobody else. Past the bound over all, those who
/// never proved themselves go before those who did; among equals the longest untouched. Not thread-safe; every operation
/// is O(1).
/// </summary>
/// <param name="most">Most users over all.</param>
public sealed class EvictionOrder(int most)
{
    /// <summary>One network may hold this part of all.</summary>
    public const int Shares = 64;

    private const int LeastShare = 16;

    private readonly Dictionary<UserId, Entry> _byUser = [];
    private readonly Dictionary<AddressPrefix, Ranks> _byPrefix = [];
    private readonly Ranks _all = new();

    /// <summary>Most users of one network.</summary>
    public int MostPerPrefix { get; } = Math.Max(LeastShare, most / Shares);

    /// <summary>Users in the order.</summary>
    public int Count => _byUser.Count;

    /// <summary>Adds a user, or notes that it was used just now.</summary>
    /// <param name="user">Who.</param>
    /// <param name="from">Its network; none for nobody's, which has no share to keep to.</param>
    /// <param name="proven">Whether the user has talked with a stranger; once said, it stays.</param>
    public void Touch(UserId user, AddressPrefix from, bool proven)
    {
        if (_byUser.Remove(user, out var entry))
        {
            Unlink(entry);
            from = from.IsNone ? entry.From : from;
            proven |= entry.Proven;
        }
        entry = new Entry(user, from, proven);
        _byUser.Add(user, entry);
        entry.InAll = _all.Add(entry);
        if (!from.IsNone)
        {
            if (!_byPrefix.TryGetValue(from, out var ranks))
            {
                _byPrefix.Add(from, ranks = new Ranks());
            }
            entry.InPrefix = ranks.Add(entry);
        }
    }

    /// <summary>Notes that a user has talked with a stranger; nothing happens when it is not in the order.</summary>
    public void Prove(UserId user)
    {
        if (_byUser.TryGetValue(user, out var entry) && !entry.Proven)
        {
            Touch(user, entry.From, proven: true);
        }
    }

    /// <summary>Takes a user out, if it is in.</summary>
    public void Remove(UserId user)
    {
        if (_byUser.Remove(user, out var entry))
        {
            Unlink(entry);
        }
    }

    /// <summary>Takes out one user who has to go after <paramref name="touched"/> came, if anybody has to.</summary>
    public bool TryTakeExcess(UserId touched, [NotNullWhen(true)] out UserId? user)
    {
        user = null;
        if (_byUser.TryGetValue(touched, out var entry)
            && _byPrefix.TryGetValue(entry.From, out var ranks)
            && ranks.Count > MostPerPrefix)
        {
            user = ranks.Least.User;
        }
        else if (_byUser.Count > most)
        {
            user = _all.Least.User;
        }
        if (user is { } excess)
        {
            Remove(excess);
        }
        return user is not null;
    }

    private void Unlink(Entry entry)
    {
        _all.Remove(entry.Proven, entry.InAll!);
        if (entry.InPrefix is { } node)
        {
            var ranks = _byPrefix[entry.From];
            ranks.Remove(entry.Proven, node);
            if (ranks.Count == 0)
            {
                _byPrefix.Remove(entry.From);
            }
        }
    }

    private sealed class Entry(UserId user, AddressPrefix from, bool proven)
    {
        public readonly UserId User = user;
        public readonly AddressPrefix From = from;
        public readonly bool Proven = proven;
        public LinkedListNode<Entry>? InAll;
        public LinkedListNode<Entry>? InPrefix;
    }

    private sealed class Ranks
    {
        private readonly LinkedList<Entry> _unproven = new();
        private readonly LinkedList<Entry> _proven = new();

        public int Count => _unproven.Count + _proven.Count;

        public Entry Least => (_unproven.First ?? _proven.First)!.Value;

        public LinkedListNode<Entry> Add(Entry entry) => (entry.Proven ? _proven : _unproven).AddLast(entry);

        public void Remove(bool proven, LinkedListNode<Entry> node) => (proven ? _proven : _unproven).Remove(node);
    }
}
