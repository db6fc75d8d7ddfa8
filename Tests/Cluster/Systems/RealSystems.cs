using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>
/// Real clusters for the protocol's tests. Starting one takes seconds, so tests with equal settings share it; the few
/// used last are kept.
/// </summary>
public sealed class RealSystems : ISystemFactory, IAsyncLifetime
{
    /// <summary>The collection of all tests that share clusters.</summary>
    public const string Collection = "real cluster";

    private const int Kept = 3;

    private readonly List<(string Settings, RealCluster Cluster)> _clusters = [];

    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings)
    {
        Tools.Require("redis-server", "redis-server");
        var key = settings.ToString();
        var index = _clusters.FindIndex(entry => entry.Settings == key);
        if (index < 0)
        {
            while (_clusters.Count >= Kept)
            {
                var (_, oldest) = _clusters[0];
                _clusters.RemoveAt(0);
                await EndAsync(oldest);
            }
            _clusters.Add((key, await RealCluster.StartAsync(settings)));
            index = _clusters.Count - 1;
        }
        var entry = _clusters[index];
        _clusters.RemoveAt(index);
        _clusters.Add(entry);
        return new Lease(entry.Cluster);
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var (_, cluster) in _clusters)
        {
            await EndAsync(cluster);
        }
    }

    private static async Task EndAsync(RealCluster cluster)
    {
        var errors = cluster.Errors.ToList();
        await cluster.DisposeAsync();
        Assert.True(errors.Count == 0, "The cluster logged errors:\n" + string.Join('\n', errors.Take(20)));
    }

    private sealed class Lease(RealCluster cluster) : ISystemUnderTest
    {
        public IReadOnlyList<Uri> Gateways => cluster.Gateways;

        public string Output => cluster.Output;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Tests that share <see cref="RealSystems"/>.</summary>
[CollectionDefinition(RealSystems.Collection)]
public sealed class RealSystemsCollection : ICollectionFixture<RealSystems>;
