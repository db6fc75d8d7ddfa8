namespace Camdiv.Grains;

/// <summary>
/// Whether queues and user directory have a silo to live on, as placement on this silo sees it: one that hosts them is active
/// and its grain classes are known here, which comes a moment after its name. Calls to them are refused while there is none.
/// </summary>
public sealed class Matchmakers(IClusterManifestProvider manifests, IClusterMembershipService membership)
{
    private static readonly GrainType Queue = GrainType.Create(GrainReferences.QueueType);
    private static readonly GrainType Directory = GrainType.Create(GrainReferences.DirectoryType);

    /// <summary>Whether a call to a queue or the directory can be placed now. Cheap enough to ask before each.</summary>
    public bool AreThere
    {
        get
        {
            var members = membership.CurrentSnapshot;
            foreach (var (silo, manifest) in manifests.Current.Silos)
            {
                if (manifest.Grains.ContainsKey(Queue)
                    && manifest.Grains.ContainsKey(Directory)
                    && members.GetSiloStatus(silo) == SiloStatus.Active)
                {
                    return true;
                }
            }
            return false;
        }
    }

    /// <summary>Calls <paramref name="look"/>, from several threads, whenever <see cref="AreThere"/> may have changed.</summary>
    public Task FollowAsync(Action look, CancellationToken stopping) => Task.WhenAll(
        FollowAsync(manifests.Updates, look, stopping), FollowAsync(membership.MembershipUpdates, look, stopping));

    private static async Task FollowAsync<T>(IAsyncEnumerable<T> updates, Action look, CancellationToken stopping)
    {
        try
        {
            await foreach (var _ in updates.WithCancellation(stopping).ConfigureAwait(false))
            {
                look();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
