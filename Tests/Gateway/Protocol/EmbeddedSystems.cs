using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Gateway.Protocol;

/// <summary>Starts a gateway of its own for every test.</summary>
public sealed class EmbeddedSystems : ISystemFactory
{
    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings) =>
        await GatewayProcess.StartAsync(settings);
}
