namespace Camdiv.Matchmaking;

/// <summary>
/// The tokens of one process, in memory: lost with it, and bounded in users, longest untouched out first. First tokens
/// supersede nothing and take no place. Thread-safe.
/// </summary>
public sealed class TokenBook(int maxUsers) : ITokenBook
{
    private const long First = 1;
    private const long Ended = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, LinkedListNode<(UserId User, long Used)>> _byUser = [];
    private readonly LinkedList<(UserId User, long Used)> _byUse = new();

    /// <summary>Users remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byUser.Count;
            }
        }
    }

    /// <summary>Takes note of a token; false when it is not good any more.</summary>
    public bool Use(UserId user, long generation)
    {
        lock (_gate)
        {
            if (_byUser.TryGetValue(user, out var node))
            {
                if (node.Value.Used == Ended || generation < node.Value.Used)
                {
                    return false;
                }
                node.Value = (user, generation);
                _byUse.Remove(node);
                _byUse.AddLast(node);
            }
            else if (generation > First)
            {
                Add(user, generation);
            }
            return true;
        }
    }

    /// <summary>Ends an identity.</summary>
    public void End(UserId user)
    {
        lock (_gate)
        {
            if (_byUser.Remove(user, out var node))
            {
                _byUse.Remove(node);
            }
            Add(user, Ended);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> UseAsync(UserId user, long generation, bool connects, CancellationToken cancellation) =>
        ValueTask.FromResult(Use(user, generation));

    /// <inheritdoc/>
    public ValueTask EndAsync(UserId user, CancellationToken cancellation)
    {
        End(user);
        return ValueTask.CompletedTask;
    }

    private void Add(UserId user, long used)
    {
        _byUser[user] = _byUse.AddLast((user, used));
        if (_byUser.Count > maxUsers)
        {
            _byUser.Remove(_byUse.First!.Value.User);
            _byUse.RemoveFirst();
        }
    }
}
