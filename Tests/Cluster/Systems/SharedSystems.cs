using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>
/// Clusters for the protocol's tests. Starting one takes seconds, so tests with equal settings share it; the few used
/// last are kept.
/// </summary>
public abstract class SharedSystems : ISystemFactory, IAsyncLifetime
{
    private const int Kept = 3;

    private readonly List<(string Settings, ISystemUnderTest System)> _systems = [];

    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings)
    {
        var key = settings.ToString();
        var index = _systems.FindIndex(entry => entry.Settings == key);
        if (index < 0)
        {
            while (_systems.Count >= Kept)
            {
                var (_, oldest) = _systems[0];
                _systems.RemoveAt(0);
                await oldest.DisposeAsync();
            }
            _systems.Add((key, await StartOneAsync(settings)));
            index = _systems.Count - 1;
        }
        var entry = _systems[index];
        _systems.RemoveAt(index);
        _systems.Add(entry);
        return new Lease(entry.System);
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, system) in _systems)
        {
            await system.DisposeAsync();
        }
    }

    /// <summary>Starts a system whose end insists that it logged no error.</summary>
    protected abstract Task<ISystemUnderTest> StartOneAsync(SystemSettings settings);

    private sealed class Lease(ISystemUnderTest system) : ISystemUnderTest
    {
        public IReadOnlyList<Uri> Gateways => system.Gateways;

        public string Output => system.Output;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
