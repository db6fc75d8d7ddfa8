using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>Brings changed blocks to their user grains, and again until a grain has taken them; bounded as the blocks themselves are.</summary>
internal sealed class BlockFeeder(IGrainFactory grains, ClusterOptions options, ClusterInstruments instruments)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, BlockSet> _pending = [];
    private readonly Queue<UserId> _order = new();
    private readonly EvictionOrder _eviction = new(options.MaxPendingBlocks);
    private bool _sending;

    public void Add(UserId user, BlockSet blocks, AddressPrefix from, bool proven)
    {
        lock (_gate)
        {
            if (_pending.TryAdd(user, blocks))
            {
                _order.Enqueue(user);
            }
            else
            {
                _pending[user] = blocks;
            }
            _eviction.Touch(user, from, proven);
            while (_eviction.TryTakeExcess(user, out var lost))
            {
                _pending.Remove(lost.Value);
                instruments.BlockWriteFailed();
            }
            ForgetLost();
        }
        Retry();
    }

    /// <summary>Blocks not yet taken by the user's grain, if any: newer than what the grain would say.</summary>
    public BlockSet? Pending(UserId user)
    {
        lock (_gate)
        {
            return _pending.GetValueOrDefault(user);
        }
    }

    /// <summary>Sends what is pending, unless that is under way.</summary>
    public void Retry()
    {
        lock (_gate)
        {
            if (_sending || _order.Count == 0)
            {
                return;
            }
            _sending = true;
        }
        _ = SendAsync();
    }

    // Those who had to go are still in line; seldom enough not to matter, often enough for the line to stay short.
    private void ForgetLost()
    {
        if (_order.Count <= 2L * options.MaxPendingBlocks)
        {
            return;
        }
        var waiting = _order.Where(_pending.ContainsKey).Distinct().ToArray();
        _order.Clear();
        foreach (var user in waiting)
        {
            _order.Enqueue(user);
        }
    }

    private async Task SendAsync()
    {
        while (TakeNext() is { } next)
        {
            try
            {
                await grains.GetGrain<IUserGrain>(next.User.Value).SetBlocksAsync(next.Blocks).ConfigureAwait(false);
                Taken(next.User, next.Blocks);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                instruments.Retried("blocks");
                lock (_gate)
                {
                    _order.Enqueue(next.User);
                    _sending = false;
                }
                return;
            }
        }
    }

    private (UserId User, BlockSet Blocks)? TakeNext()
    {
        lock (_gate)
        {
            while (_order.TryDequeue(out var user))
            {
                if (_pending.TryGetValue(user, out var blocks))
                {
                    return (user, blocks);
                }
            }
            _sending = false;
            return null;
        }
    }

    private void Taken(UserId user, BlockSet blocks)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_pending.GetValueOrDefault(user), blocks))
            {
                _pending.Remove(user);
                _eviction.Remove(user);
            }
            else
            {
                _order.Enqueue(user);
            }
        }
    }
}
