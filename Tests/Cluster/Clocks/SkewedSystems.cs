using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Clocks;

/// <summary>Clusters of three silos whose clocks differ: one is 100 ms ahead, one 5 s behind.</summary>
public sealed class SkewedSystems : SharedSystems
{
    private static readonly TimeProvider[] Clocks =
    [
        new ShiftedTimeProvider(TimeProvider.System, TimeSpan.FromMilliseconds(100)),
        new ShiftedTimeProvider(TimeProvider.System, TimeSpan.FromSeconds(-5)),
        TimeProvider.System,
    ];

    /// <inheritdoc/>
    protected override async Task<ISystemUnderTest> StartOneAsync(SystemSettings settings) =>
        await TestingHostSystem.StartAsync((short)Clocks.Length, settings, Clocks);
}
