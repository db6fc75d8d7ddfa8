using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>Clusters of real processes for the protocol's tests.</summary>
public sealed class RealSystems : SharedSystems
{
    /// <summary>The collection of all tests that share clusters.</summary>
    public const string Collection = "real cluster";

    /// <inheritdoc/>
    protected override async Task<ISystemUnderTest> StartOneAsync(SystemSettings settings)
    {
        Tools.Require("redis-server", "redis-server");
        return new Faultless(await RealCluster.StartAsync(settings));
    }

    private sealed class Faultless(RealCluster cluster) : ISystemUnderTest
    {
        public IReadOnlyList<Uri> Gateways => cluster.Gateways;

        public string Output => cluster.Output;

        public async ValueTask DisposeAsync()
        {
            var errors = cluster.Errors.ToList();
            await cluster.DisposeAsync();
            Assert.True(errors.Count == 0, "The cluster logged errors:\n" + string.Join('\n', errors.Take(20)));
        }
    }
}

/// <summary>Tests that share <see cref="RealSystems"/>.</summary>
[CollectionDefinition(RealSystems.Collection)]
public sealed class RealSystemsCollection : ICollectionFixture<RealSystems>;
