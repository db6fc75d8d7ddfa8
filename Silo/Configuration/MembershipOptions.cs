namespace Camdiv.Silo.Configuration;

/// <summary>
/// How the nodes watch each other. Bound from <c>Silo:Membership</c>. The defaults let a killed node's grains answer
/// again 1.2 to 1.5 s later, a frozen one's 3 s later; Orleans' own need 5 to 13 s.
/// </summary>
public sealed class MembershipOptions
{
    /// <summary>How long a node may take to answer a probe at first, in ms (100 to 60,000).</summary>
    public int ProbeTimeoutMs { get; set; } = 1_000;

    /// <summary>
    /// How long Orleans may stretch the probe timeout of a slow node, in ms (the probe timeout to 600,000). Also how long
    /// a connection that carries nothing counts as life: this, times the misses, bounds the wait for a frozen node.
    /// </summary>
    public int MaxProbeTimeoutMs { get; set; } = 1_000;

    /// <summary>Probes missed in a row before a node is suspected (1 to 100).</summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// Nodes that must suspect another to declare it dead (1 to 10). Orleans asks for no more than half of the live nodes,
    /// so that two nodes can lose one.
    /// </summary>
    public int Votes { get; set; } = 2;

    /// <summary>How often a node writes its sign of life into the membership, in ms (1,000 to 600,000).</summary>
    public int SignOfLifeMs { get; set; } = 5_000;

    /// <summary>
    /// How old a sign of life may be before its node counts as stale, in ms (the interval to 3,600,000): others then send it
    /// no news of joins, and a new node may pass over it. Keep it above the longest time without Redis; after all nodes died
    /// at once and came back at other addresses, the cluster starts again this much later.
    /// </summary>
    public int StaleAfterMs { get; set; } = 90_000;

    /// <summary>
    /// How often a node reads the membership without being told of a change, in ms (1,000 to 600,000): bounds how long one
    /// whom the news has missed does not know a new gateway.
    /// </summary>
    public int RefreshMs { get; set; } = 3_000;

    /// <summary>How long a node tries to join before it gives up, in ms (5,000 to 3,600,000).</summary>
    public int JoinTimeoutMs { get; set; } = 120_000;

    internal IEnumerable<(string Property, string Problem)> Problems() => Rules.Ranges(
        (nameof(ProbeTimeoutMs), ProbeTimeoutMs, 100, 60_000),
        (nameof(MaxProbeTimeoutMs), MaxProbeTimeoutMs, Math.Clamp(ProbeTimeoutMs, 100, 60_000), 600_000),
        (nameof(MissedProbes), MissedProbes, 1, 100),
        (nameof(Votes), Votes, 1, 10),
        (nameof(SignOfLifeMs), SignOfLifeMs, 1_000, 600_000),
        (nameof(StaleAfterMs), StaleAfterMs, Math.Clamp(SignOfLifeMs, 1_000, 600_000), 3_600_000),
        (nameof(RefreshMs), RefreshMs, 1_000, 600_000),
        (nameof(JoinTimeoutMs), JoinTimeoutMs, 5_000, 3_600_000));
}
