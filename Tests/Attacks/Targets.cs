using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Attacks;

/// <summary>Targets of tests that leave them clean, each started when first asked for and kept for all of them.</summary>
public sealed class Targets : IAsyncDisposable
{
    private readonly Dictionary<string, ISystemUnderTest> _started = [];

    /// <summary>The target of a layout and settings.</summary>
    public async Task<ISystemUnderTest> OfAsync(Layout layout, SystemSettings? settings = null)
    {
        var key = $"{layout} {settings}";
        if (!_started.TryGetValue(key, out var target))
        {
            _started[key] = target = await Target.StartAsync(layout, settings);
        }
        return target;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var target in _started.Values)
        {
            await target.DisposeAsync();
        }
    }
}

/// <summary>Tests that share <see cref="Targets"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedTargets : ICollectionFixture<Targets>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "shared targets";
}
