using System.Collections.Concurrent;
using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// What directory partitions that ended on this silo knew, on its way to their next activations: taken at once by one on
/// this silo, sent to one elsewhere.
/// </summary>
public sealed class DirectoryShelf(IGrainFactory grains, Matchmakers matchmakers, ClusterInstruments instruments, TimeProvider time)
{
    private const int MaxBatch = 2_000;
    private const int Attempts = 20;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<long, ImmutableArray<DirectoryLegacy>> _left = new();
    private readonly ConcurrentDictionary<Task, bool> _sending = new();

    /// <summary>Leaves what a partition knows to its next activation.</summary>
    public void Put(long partition, IEnumerable<(HostId Host, DirectoryEntry Entry)> users, long lastClaim)
    {
        var legacies = users.GroupBy(user => user.Host, user => user.Entry)
            .SelectMany(group => group.Chunk(MaxBatch), (group, chunk) => new DirectoryLegacy { Host = group.Key, Users = [.. chunk], LastClaim = lastClaim })
            .ToImmutableArray();
        if (legacies.IsEmpty)
        {
            return;
        }
        _left[partition] = legacies;
        // Outside the activation that ends, which could not call its successor before it has ended.
        var sending = Task.Run(() => SendAsync(partition));
        _sending[sending] = true;
        _ = sending.ContinueWith(done => _sending.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Takes what was left to a partition.</summary>
    public ImmutableArray<DirectoryLegacy> Take(long partition) =>
        _left.TryRemove(partition, out var legacies) ? legacies : [];

    /// <summary>Completes when nothing is left to send, within reason.</summary>
    public Task SentAsync() => Task.WhenAll(_sending.Keys);

    private async Task SendAsync(long partition)
    {
        var grain = grains.DirectoryPartition((int)partition);
        for (var i = 0; i < Attempts && matchmakers.AreThere && _left.TryGetValue(partition, out var legacies); i++)
        {
            try
            {
                foreach (var legacy in legacies)
                {
                    await grain.InheritAsync(legacy).ConfigureAwait(false);
                }
                _left.TryRemove(KeyValuePair.Create(partition, legacies));
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                instruments.Retried("inherit");
                await Task.Delay(RetryDelay, time).ConfigureAwait(false);
            }
        }
        _left.TryRemove(partition, out _);
    }
}
