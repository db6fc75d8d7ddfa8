using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Gateway.Protocol;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Camdiv.Tests.Gateway.Attacks;

/// <summary>Identities that never did anything fill nothing.</summary>
public sealed class IdentityChurnTests
{
    [Fact]
    public async Task A_thousand_hellos_and_closes_leave_hardly_a_session()
    {
        await using var system = await EmbeddedSystem.StartAsync(SystemSettings.Default.With("Matchmaking:MaxSessions", 200));
        var host = system.Services.GetRequiredService<EmbeddedMatchmaker>().Host;
        for (var i = 0; i < 1_000; i++)
        {
            var client = await WireClient.JoinAsync(system.Gateways[0], new() { Name = $"passer-by {i}" });
            await client.DisposeAsync();
        }
        await Until.TrueAsync(() => host.SessionCount < 100, "fewer than 100 sessions held");
        await using var honest = await WireClient.JoinAsync(system.Gateways[0]);
        Assert.Equal("idle", honest.All[0].State);
    }
}
