using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// References by grain type rather than by interface: a gateway may start before any silo that hosts these grains, when
/// the cluster does not yet know an implementation to resolve the interface to. Callers look whether there is one.
/// </summary>
public static class GrainReferences
{
    /// <summary>Grain type of the queues.</summary>
    public const string QueueType = "camdiv-queue";

    /// <summary>Grain type of the directory's partitions.</summary>
    public const string DirectoryType = "camdiv-directory";

    /// <summary>The queue of a chat type.</summary>
    public static IMatchQueueGrain Queue(this IGrainFactory grains, ChatType chat) =>
        grains.GetGrain<IMatchQueueGrain>(GrainId.Create(GrainType.Create(QueueType), GrainIdKeyExtensions.CreateIntegerKey((long)chat)));

    /// <summary>A partition of the user directory.</summary>
    public static IUserDirectoryGrain DirectoryPartition(this IGrainFactory grains, int partition) =>
        grains.GetGrain<IUserDirectoryGrain>(GrainId.Create(GrainType.Create(DirectoryType), GrainIdKeyExtensions.CreateIntegerKey(partition)));
}
