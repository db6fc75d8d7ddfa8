namespace Camdiv.Gateway.Ice;

/// <summary>
/// Token buckets by key: so many at once, and as many over each period. Holds a key only while its bucket is not full, and
/// at most <see cref="RequestBudget.MaxKeys"/>; a newcomer beyond that takes the place of the fullest bucket. Thread-safe.
/// </summary>
/// <param name="burst">Tokens of a full bucket; above 0.</param>
/// <param name="period">How long an empty bucket takes to be full again.</param>
/// <param name="time">Time.</param>
internal sealed class RequestBudget<TKey>(int burst, TimeSpan period, TimeProvider time)
    where TKey : notnull
{
    // Work for one request is bounded: what a look does not finish, the next ones do.
    private const int FullOnesPerTake = 2;
    private const int MostLooks = 64;

    private readonly Lock _gate = new();
    private readonly TimeSpan _token = period / burst;
    private readonly long _begun = time.GetTimestamp();

    // When each bucket is full again. All fill at one rate, so the one that is full first is the fullest at any time.
    private readonly Dictionary<TKey, TimeSpan> _fullAt = [];

    // One entry a key, no later than what the dictionary says of it.
    private readonly PriorityQueue<TKey, TimeSpan> _order = new();

    /// <summary>Keys held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _fullAt.Count;
            }
        }
    }

    /// <summary>Takes one token.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="retryAfter">When the next token will be there, if there is none now.</param>
    public bool TryTake(TKey key, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(_begun);
            DropFull(now);
            var known = _fullAt.TryGetValue(key, out var fullAt);
            fullAt = (known && fullAt > now ? fullAt : now) + _token;
            retryAfter = fullAt - now - period;
            if (retryAfter > TimeSpan.Zero)
            {
                return false;
            }
            retryAfter = TimeSpan.Zero;
            if (!known)
            {
                if (_fullAt.Count >= RequestBudget.MaxKeys)
                {
                    DropFullest();
                }
                _order.Enqueue(key, fullAt);
            }
            _fullAt[key] = fullAt;
            return true;
        }
    }

    /// <summary>Whether a key has no token left.</summary>
    public bool IsSpent(TKey key)
    {
        lock (_gate)
        {
            return _fullAt.TryGetValue(key, out var fullAt) && fullAt + _token - time.GetElapsedTime(_begun) > period;
        }
    }

    private void DropFull(TimeSpan now)
    {
        for (var i = 0; i < FullOnesPerTake && _order.TryPeek(out var key, out var noted) && noted <= now; i++)
        {
            _order.Dequeue();
            if (_fullAt[key] is var fullAt && fullAt > now)
            {
                _order.Enqueue(key, fullAt);
            }
            else
            {
                _fullAt.Remove(key);
            }
        }
    }

    private void DropFullest()
    {
        for (var look = 1; _order.TryDequeue(out var key, out var noted); look++)
        {
            if (_fullAt[key] is var fullAt && fullAt > noted && look < MostLooks)
            {
                _order.Enqueue(key, fullAt);
                continue;
            }
            _fullAt.Remove(key);
            return;
        }
    }
}

/// <summary>What all request budgets share.</summary>
internal static class RequestBudget
{
    /// <summary>Most keys one budget holds.</summary>
    public const int MaxKeys = 200_000;
}
