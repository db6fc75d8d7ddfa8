namespace Camdiv.Tests.Kit.Protocol;

/// <summary>
/// Base of the black-box tests: written from the protocol's text alone, run against whatever a derived class starts.
/// </summary>
/// <param name="systems">Starts the system under test.</param>
public abstract class ProtocolSuite(ISystemFactory systems)
{
    /// <summary>The product's defaults.</summary>
    protected static SystemSettings Defaults => SystemSettings.Default;

    /// <summary>A stage on a system with these settings.</summary>
    protected async Task<Stage> StageAsync(SystemSettings? settings = null) =>
        new(await systems.StartAsync(settings ?? Defaults));
}
