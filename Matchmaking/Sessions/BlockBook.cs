namespace Camdiv.Matchmaking;

/// <summary>
/// Everybody's blocks, in memory: bounded per user by the session and here in users, by <see cref="EvictionOrder"/>.
/// Thread-safe.
/// </summary>
public sealed class BlockBook(int maxUsers)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, BlockSet> _byUser = [];
    private readonly EvictionOrder _order = new(maxUsers);
    private readonly HashSet<UserId> _changed = [];

    /// <summary>Users forgotten because of a bound.</summary>
    public long Forgotten { get; private set; }

    /// <summary>The blocks of <paramref name="user"/>, who comes from <paramref name="from"/>.</summary>
    public BlockSet Get(UserId user, AddressPrefix from = default)
    {
        lock (_gate)
        {
            if (!_byUser.TryGetValue(user, out var blocks))
            {
                return BlockSet.Empty;
            }
            _order.Touch(user, from, proven: false);
            return blocks;
        }
    }

    /// <summary>Remembers a user's blocks.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="blocks">All of them.</param>
    /// <param name="from">The user's network.</param>
    /// <param name="proven">Whether the user has talked with a stranger.</param>
    public void Set(UserId user, BlockSet blocks, AddressPrefix from = default, bool proven = false)
    {
        lock (_gate)
        {
            _changed.Add(user);
            if (blocks.Ordered.Length == 0)
            {
                _byUser.Remove(user);
                _order.Remove(user);
                return;
            }
            _byUser[user] = blocks;
            _order.Touch(user, from, proven);
            while (_order.TryTakeExcess(user, out var forgotten))
            {
                _byUser.Remove(forgotten.Value);
                _changed.Add(forgotten.Value);
                Forgotten++;
            }
        }
    }

    /// <summary>The user has talked with a stranger: its blocks go after those of people who never have.</summary>
    public void Prove(UserId user)
    {
        lock (_gate)
        {
            _order.Prove(user);
        }
    }

    /// <summary>Moves what changed since the last call into <paramref name="into"/>; no blocks means forgotten.</summary>
    public void TakeChanges(List<(UserId User, UserId[] Blocked)> into)
    {
        lock (_gate)
        {
            foreach (var user in _changed)
            {
                into.Add((user, _byUser.TryGetValue(user, out var blocks) ? [.. blocks.Ordered] : []));
            }
            _changed.Clear();
        }
    }
}
