namespace Camdiv.Grains;

/// <summary>The cluster's timing and bounds. Bound from the configuration section <c>Cluster</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>How often a gateway renews its searching users and sessions, in ms (200 to 60,000).</summary>
    public int RenewMs { get; set; } = 2_000;

    /// <summary>How long a gateway may be silent before a queue gives up its tickets, in ms (1,000 to 300,000).</summary>
    public int LeaseMs { get; set; } = 10_000;

    /// <summary>How often changed sessions are copied to the directory, in ms (5 to 5,000).</summary>
    public int CopyMs { get; set; } = 25;

    /// <summary>How often a queue's copy is written to storage, in ms (200 to 60,000).</summary>
    public int QueueCopyMs { get; set; } = 1_000;

    /// <summary>Most tickets in a queue's copy, longest waiting first (0 to 100,000; 0 writes none).</summary>
    public int QueueCopyTickets { get; set; } = 20_000;

    /// <summary>Directory partitions; the same on every node (1 to 1,024).</summary>
    public int DirectoryPartitions { get; set; } = 16;

    /// <summary>Most users in one directory partition (1,000 to 10,000,000).</summary>
    public int MaxUsersPerPartition { get; set; } = 500_000;

    /// <summary>How long a resuming client may wait for its session to be found, in ms (100 to 30,000).</summary>
    public int FindMs { get; set; } = 3_000;

    /// <summary>Most bytes waiting for one other gateway; frames past it are dropped and counted (64 KiB to 256 MiB).</summary>
    public int PeerQueueBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most users whose blocks wait for an absent store; bounded as <c>Matchmaking:MaxBlockingUsers</c> is (1 to 1,000,000).</summary>
    public int MaxPendingBlocks { get; set; } = 10_000;

    /// <summary>Every rule these numbers break, as property name and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        foreach (var (name, value, least, most) in new (string, int, int, int)[]
        {
            (nameof(RenewMs), RenewMs, 200, 60_000),
            (nameof(LeaseMs), LeaseMs, 1_000, 300_000),
            (nameof(CopyMs), CopyMs, 5, 5_000),
            (nameof(QueueCopyMs), QueueCopyMs, 200, 60_000),
            (nameof(QueueCopyTickets), QueueCopyTickets, 0, 100_000),
            (nameof(DirectoryPartitions), DirectoryPartitions, 1, 1_024),
            (nameof(MaxUsersPerPartition), MaxUsersPerPartition, 1_000, 10_000_000),
            (nameof(FindMs), FindMs, 100, 30_000),
            (nameof(PeerQueueBytes), PeerQueueBytes, 64 * 1024, 256 * 1024 * 1024),
            (nameof(MaxPendingBlocks), MaxPendingBlocks, 1, 1_000_000),
        })
        {
            if (value < least || value > most)
            {
                yield return (name, $"must be from {least} to {most}, not {value}");
            }
        }
        if (LeaseMs < 2L * RenewMs)
        {
            yield return (nameof(LeaseMs), $"must be at least twice {nameof(RenewMs)}, or one lost renewal empties the queues");
        }
    }
}
