using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;

namespace Camdiv.Tests.Gateway.Attacks;

/// <summary>A real gateway, ghosts of one address, and people of others: everybody honest meets somebody honest within 5 s.</summary>
public sealed class GhostTests(ITestOutputHelper output)
{
    private const int Honest = 10;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private static readonly IPAddress Haunted = IPAddress.Parse("127.0.0.66");

    [Theory]
    [InlineData(GhostKind.Silent, 10)]
    [InlineData(GhostKind.Silent, 20)]
    [InlineData(GhostKind.Silent, 40)]
    [InlineData(GhostKind.Silent, 99)]
    [InlineData(GhostKind.Mute, 10)]
    [InlineData(GhostKind.Mute, 20)]
    [InlineData(GhostKind.Mute, 40)]
    [InlineData(GhostKind.Mute, 99)]
    public async Task Every_honest_person_meets_an_honest_one(GhostKind kind, int ghosts)
    {
        await using var gateway = await GatewayProcess.StartAsync(SystemSettings.Default);
        await using var crowd = await GhostCrowd.GatherAsync(gateway.Gateways[0], ghosts, kind, Haunted);
        var people = await ComeAsync(gateway, kind);
        try
        {
            var waits = await Task.WhenAll(people.Select(person => person.MeetAsync(Most)));
            Assert.True(crowd.Rooms > 0, "no ghost ever met anybody: the test shows nothing");
            output.WriteLine($"{crowd.Rooms} ghost matches; longest wait {waits.Max().TotalSeconds:f2} s");
        }
        finally
        {
            await Task.WhenAll(people.Select(person => person.DisposeAsync().AsTask()));
        }
    }

    [Theory]
    [InlineData(GhostKind.Silent)]
    [InlineData(GhostKind.Mute)]
    public async Task Without_the_bounds_people_do_not_meet(GhostKind kind)
    {
        await using var gateway = await GatewayProcess.StartAsync(SystemSettings.Default
            .With("Matchmaking:SearchesPerAddress", 10_000)
            .With("Matchmaking:UnansweredPauseMs", 0));
        await using var crowd = await GhostCrowd.GatherAsync(gateway.Gateways[0], 20, kind, Haunted);
        var people = await ComeAsync(gateway, kind);
        try
        {
            await Assert.ThrowsAsync<TimeoutException>(() => Task.WhenAll(people.Select(person => person.MeetAsync(Most))));
        }
        finally
        {
            await Task.WhenAll(people.Select(person => person.DisposeAsync().AsTask()));
        }
    }

    private static async Task<HonestPerson[]> ComeAsync(GatewayProcess gateway, GhostKind kind) =>
        await Task.WhenAll(Enumerable.Range(0, Honest).Select(i =>
            HonestPerson.ComeAsync(gateway.Gateways[0], $"person {i}", IPAddress.Parse($"127.0.1.{10 + i}"), kind)));
}
