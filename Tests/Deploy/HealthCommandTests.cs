using Camdiv.Gateway.Commands;
using Camdiv.Tests.Deploy.Telemetry;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy;

/// <summary><c>health</c>, which container images ask themselves with.</summary>
public sealed class HealthCommandTests
{
    [Fact]
    public async Task A_ready_gateway_is_healthy_and_a_missing_one_is_not()
    {
        await using var gateway = await EmbeddedGateway.StartAsync();
        Assert.Equal(0, await AskAsync($"{gateway.Address}healthz/ready"));
        Assert.Equal(1, await AskAsync($"{gateway.Address}no-such-page"));
        Assert.Equal(1, await AskAsync($"http://127.0.0.1:{FreePort.Tcp()}/"));
        Assert.Equal(1, await AskAsync("no address"));
    }

    private static Task<int> AskAsync(string url) =>
        TurnCommand.RunAsync([HealthCommand.Name, url], TextWriter.Null, TextWriter.Null);
}
