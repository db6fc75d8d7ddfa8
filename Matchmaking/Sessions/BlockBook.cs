namespace Camdiv.Matchmaking;

/// <summary>
/// Everybody's blocks, in memory: bounded per user by the session and here in users, longest untouched out first.
/// Thread-safe.
/// </summary>
public sealed class BlockBook(int maxUsers)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, LinkedListNode<(UserId User, BlockSet Blocks)>> _byUser = [];
    private readonly LinkedList<(UserId User, BlockSet Blocks)> _byUse = new();
    private readonly HashSet<UserId> _changed = [];

    /// <summary>Users forgotten because of the bound.</summary>
    public long Forgotten { get; private set; }

    /// <summary>The blocks of <paramref name="user"/>.</summary>
    public BlockSet Get(UserId user)
    {
        lock (_gate)
        {
            if (!_byUser.TryGetValue(user, out var node))
            {
                return BlockSet.Empty;
            }
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Blocks;
        }
    }

    /// <summary>Remembers a user's blocks.</summary>
    public void Set(UserId user, BlockSet blocks)
    {
        lock (_gate)
        {
            if (_byUser.Remove(user, out var old))
            {
                _byUse.Remove(old);
            }
            _changed.Add(user);
            if (blocks.Ordered.Length == 0)
            {
                return;
            }
            _byUser[user] = _byUse.AddLast((user, blocks));
            if (_byUser.Count > maxUsers)
            {
                var forgotten = _byUse.First!.Value.User;
                _byUse.RemoveFirst();
                _byUser.Remove(forgotten);
                _changed.Add(forgotten);
                Forgotten++;
            }
        }
    }

    /// <summary>Moves what changed since the last call into <paramref name="into"/>; no blocks means forgotten.</summary>
    public void TakeChanges(List<(UserId User, UserId[] Blocked)> into)
    {
        lock (_gate)
        {
            foreach (var user in _changed)
            {
                into.Add((user, _byUser.TryGetValue(user, out var node) ? [.. node.Value.Blocks.Ordered] : []));
            }
            _changed.Clear();
        }
    }
}
