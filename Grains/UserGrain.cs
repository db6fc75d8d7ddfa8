using Camdiv.Matchmaking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Storage;

namespace Camdiv.Grains;

/// <summary>
/// A user's blocks, on the gateway that asks for them. With the store away it serves what memory has and writes, merged
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

    private BlockSet _blocks = BlockSet.Empty;
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
        // Blocks only ever grow, and a session that began while the store was away does not know the earlier ones.
        Merge(blocks.Ordered);
        _dirty = true;
        await WriteAsync();
        if (_dirty && _retry is null)
        {
            LogStoreAway();
            _retry = this.RegisterGrainTimer(
                RetryAsync, new GrainTimerCreationOptions(RetryPeriod, RetryPeriod) { KeepAlive = true });
        }
    }

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
        _stored.Value = new StoredBlocks { Blocked = [.. _blocks.Ordered.Select(user => user.Value)] };
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
