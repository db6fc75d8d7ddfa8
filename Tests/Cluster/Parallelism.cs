// A cluster's start alone keeps two cores busy: several at once would miss the protocol's own deadlines.
[assembly: Xunit.v3.Parallelization(MaxThreads = 1)]

namespace Camdiv.Tests.Cluster;

/// <summary>
/// Tests that run one at a time, after all others: processes that are killed and timings of failovers share this machine,
/// and side by side they would measure each other.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[Trait("Category", "Alone")]
public sealed class Alone
{
    /// <summary>The collection of those tests.</summary>
    public const string Name = "alone";
}
