using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;
using Camdiv.Tests.Kit.Turn;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>One address against a real gateway and a real coturn, both as they are shipped.</summary>
public sealed class CredentialHoardTests
{
    private const int TotalQuota = 6_000;
    private static readonly IPAddress Attacker = IPAddress.Parse("127.0.0.66");
    private static readonly IPAddress Honest = IPAddress.Parse("127.0.0.7");

    [Fact]
    public async Task A_hundred_identities_of_one_address_are_given_the_budget_and_the_idle_nothing()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        await using var gateway = await GatewayProcess.StartAsync(Settings(server));
        await using var hoard = new CredentialHoard(gateway.Gateways[0], Attacker);
        await hoard.MintAsync(3, searching: false);
        Assert.All(hoard.Answers, answer => Assert.Equal(HttpStatusCode.Forbidden, answer.Status));

        await hoard.MintAsync(97, searching: true);
        // One more for each minute that this took.
        Assert.InRange(hoard.Credentials.Count, 60, 62);
        var refused = hoard.Answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.Equal(97, hoard.Credentials.Count + refused.Count);
        Assert.All(refused, answer => Assert.InRange(answer.RetryAfter!.Value.TotalSeconds, 1, 60));
        await AssertServedAsync(gateway.Gateways[0], server);
    }

    [Fact]
    public async Task Sixty_identities_of_one_address_hold_less_than_a_tenth_of_the_relay()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        await using var gateway = await GatewayProcess.StartAsync(Settings(server));
        await using var hoard = new CredentialHoard(gateway.Gateways[0], Attacker);
        await hoard.MintAsync(60, searching: true);
        using var allocations = new AllocationHoard(server.EndPoint, Attacker);
        foreach (var credential in hoard.Credentials)
        {
            await allocations.TakeAsync(credential);
        }
        Assert.Equal(60, hoard.Credentials.Count);
        Assert.Equal(60, allocations.Refusals.GetValueOrDefault(486));
        Assert.True(allocations.Held == 60 * 8, $"held {allocations.Held}, refused {string.Join(", ", allocations.Refusals)}");
        Assert.True(allocations.Held < TotalQuota / 10);
        await AssertServedAsync(gateway.Gateways[0], server);
    }

    /// <summary>Somebody honest of another address is given credentials meanwhile, and allocates.</summary>
    private static async Task AssertServedAsync(Uri gateway, RegionServer server)
    {
        await using var person = await WireClient.JoinAsync(gateway, new WireClientOptions { Name = "honest", From = Honest });
        await person.StartAsync("video");
        await person.ExpectAsync("searching");
        using var caller = new Caller(gateway, Honest);
        var answer = await caller.AskAsync(person.Session);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        using var allocation = await TurnAllocation.OpenAsync(server.EndPoint, answer.Credential!, new TurnWishes { From = Honest });
        Assert.Equal(600, allocation.LifetimeSeconds);
    }

    private static SystemSettings Settings(RegionServer server) => SystemSettings.Default
        .With("Ice:Regions:0:Name", "here")
        .With("Ice:Regions:0:Host", "127.0.0.1")
        .With("Ice:Regions:0:TurnPort", server.Port)
        .With("Ice:Regions:0:TlsPort", server.TlsPort)
        .With("Ice:Regions:0:Secrets:0", RegionServer.Secret);
}
