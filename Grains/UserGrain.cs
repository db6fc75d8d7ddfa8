using Camdiv.Matchmaking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Storage;

namespace Camdiv.Grains;

/// <summary>
/// A user's blocks and last used token, on the gateway that asks for them. With the store away it serves what memory has and writes, merged
/// with what was stored, once the store is back.
/// </summary>
[PreferLocalPlacement]
// What it has is stored, and most are asked once, when somebody resumes: not worth Orleans' quarter of an hour of memory.
[CollectionAgeLimit(Minutes = 2)]
public sealed partial class UserGrain(
    IOptions<MatchmakingOptions> rules,
    ClusterInstruments instruments,
    TimeProvider time,
    IServiceProvider services,
    IGrainContext context,
    ILogger<UserGrain> logger) : Grain, IUserGrain
{
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);

    private readonly BestEffortState<StoredBlocks> _stored =
        new(services.GetKeyedService<IGrainStorage>(CamdivStorage.Name), "blocks", context.GrainId, time);

    private const long Ended = long.MaxValue;

    private BlockSet _blocks = BlockSet.Empty;
    private long _used;
    private IGrainTimer? _retry;
    private bool _read;
    private bool _dirty;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken) => ReadAsync();

    /// <summary>Tries once more to write what the store has not taken yet: a stopping silo takes its memory with it.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _dirty ? WriteAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<BlockSet> GetBlocksAsync()
    {
        if (!_read)
        {
            await ReadAsync();
        }
        return _blocks;
    }

    /// <inheritdoc/>
    public async Task SetBlocksAsync(BlockSet blocks)
    {
        if (_used == Ended)
        {
            return;
        }
        // Blocks only ever grow, and a session that began while the store was away does not know the earlier ones.
        Merge(blocks.Ordered);
        _dirty = true;
        await WriteAsync();
        if (_dirty && _retry is null)
        {
            LogStoreAway();
            WriteLater(RetryPeriod);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> UseTokenAsync(long generation)
    {
        if (!_read)
        {
            await ReadAsync();
        }
        if (_used == Ended || generation < _used)
        {
            return false;
        }
        // A first token supersedes nothing: most identities never leave a trace in the store.
        if (generation > Math.Max(_used, 1))
        {
            _used = generation;
            _dirty = true;
            // Who waits for this is a client that resumes; the store may take its time.
            WriteLater(TimeSpan.Zero);
        }
        return true;
    }

    /// <inheritdoc/>
    public async Task EndAsync()
    {
        _used = Ended;
        _blocks = BlockSet.Empty;
        _dirty = true;
        await WriteAsync();
        if (_dirty)
        {
            WriteLater(RetryPeriod);
        }
    }

    private void WriteLater(TimeSpan due) => _retry ??= this.RegisterGrainTimer(
        RetryAsync, new GrainTimerCreationOptions(due, RetryPeriod) { KeepAlive = true });

    private async Task RetryAsync(CancellationToken cancellation)
    {
        await WriteAsync();
        if (!_dirty)
        {
            _retry?.Dispose();
            _retry = null;
        }
    }

    private async Task WriteAsync()
    {
        if (!_read && !await ReadAsync())
        {
            instruments.BlockWriteFailed();
            return;
        }
        _stored.Value = new StoredBlocks { Blocked = [.. _blocks.Ordered.Select(user => user.Value)], UsedToken = _used };
        _dirty = !await _stored.TryWriteAsync();
        if (_dirty)
        {
            instruments.BlockWriteFailed();
        }
    }

    private async Task<bool> ReadAsync()
    {
        if (!await _stored.TryReadAsync())
        {
            return false;
        }
        _read = true;
        _used = Math.Max(_used, _stored.Value.UsedToken);
        if (_used == Ended)
        {
            _blocks = BlockSet.Empty;
            return true;
        }
        // What was blocked while the store was away is newer than what it held.
        var newer = _blocks.Ordered;
        _blocks = BlockSet.From(_stored.Value.Blocked.Select(id => new UserId(id)));
        Merge(newer);
        return true;
    }

    private void Merge(IEnumerable<UserId> newer)
    {
        foreach (var user in newer)
        {
            _blocks = _blocks.Add(user, rules.Value.MaxBlocksPerUser);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "The store did not take a user's blocks; they are kept in memory and written when it is back.")]
    private partial void LogStoreAway();
}
