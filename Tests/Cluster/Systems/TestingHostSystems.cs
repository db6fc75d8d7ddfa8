using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>Clusters of one silo in the tests' process.</summary>
public sealed class OneSiloSystems : SharedSystems
{
    /// <summary>The collection of all tests that share clusters.</summary>
    public const string Collection = "one silo";

    /// <inheritdoc/>
    protected override async Task<ISystemUnderTest> StartOneAsync(SystemSettings settings) =>
        await TestingHostSystem.StartAsync(1, settings);
}

/// <summary>Clusters of three silos in the tests' process.</summary>
public sealed class ThreeSiloSystems : SharedSystems
{
    /// <summary>The collection of all tests that share clusters.</summary>
    public const string Collection = "three silos";

    /// <inheritdoc/>
    protected override async Task<ISystemUnderTest> StartOneAsync(SystemSettings settings) =>
        await TestingHostSystem.StartAsync(3, settings);
}

/// <summary>Tests that share <see cref="OneSiloSystems"/>.</summary>
[CollectionDefinition(OneSiloSystems.Collection)]
public sealed class OneSiloCollection : ICollectionFixture<OneSiloSystems>;

/// <summary>Tests that share <see cref="ThreeSiloSystems"/>.</summary>
[CollectionDefinition(ThreeSiloSystems.Collection)]
public sealed class ThreeSiloCollection : ICollectionFixture<ThreeSiloSystems>;
