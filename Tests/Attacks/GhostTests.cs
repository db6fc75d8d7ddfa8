using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;

namespace Camdiv.Tests.Attacks;

/// <summary>Ghosts of one address, and people of others: everybody honest meets somebody honest within 5 s.</summary>
public sealed class GhostTests(ITestOutputHelper output)
{
    private const int Honest = 10;

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private static readonly IPAddress Haunted = IPAddress.Parse("127.0.0.66");

    [Theory]
    [InlineData(Layout.OneProcess, GhostKind.Silent, 10)]
    [InlineData(Layout.OneProcess, GhostKind.Silent, 20)]
    [InlineData(Layout.OneProcess, GhostKind.Silent, 40)]
    [InlineData(Layout.OneProcess, GhostKind.Silent, 99)]
    [InlineData(Layout.OneProcess, GhostKind.Mute, 10)]
    [InlineData(Layout.OneProcess, GhostKind.Mute, 20)]
    [InlineData(Layout.OneProcess, GhostKind.Mute, 40)]
    [InlineData(Layout.OneProcess, GhostKind.Mute, 99)]
    [InlineData(Layout.Cluster, GhostKind.Silent, 40)]
    [InlineData(Layout.Cluster, GhostKind.Mute, 40)]
    public async Task Every_honest_person_meets_an_honest_one(Layout layout, GhostKind kind, int ghosts)
    {
        await using var target = await Target.StartAsync(layout);
        await using var crowd = await GhostCrowd.GatherAsync(target.Gateways[0], ghosts, kind, Haunted);
        var people = await ComeAsync(target, kind);
        try
        {
            var waits = await Task.WhenAll(people.Select(person => person.MeetAsync(Most)));
            Assert.True(crowd.Rooms > 0, "no ghost ever met anybody: the test shows nothing");
            new Outcome(
                $"{ghosts} sockets of one address that blocked each other, search and {(kind == GhostKind.Silent ? "never acknowledge" : "acknowledge and say nothing")}",
                ghosts == 20 && kind == GhostKind.Silent ? "0 of 10 people met anybody in 40 s" : "nobody met anybody")
                .Write(output, layout, $"10 of 10 met within {waits.Max().TotalSeconds:f1} s");
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
        await using var target = await Target.StartAsync(Layout.OneProcess, SystemSettings.Default
            .With("Matchmaking:SearchesPerAddress", 10_000)
            .With("Matchmaking:UnansweredPauseMs", 0));
        await using var crowd = await GhostCrowd.GatherAsync(target.Gateways[0], 20, kind, Haunted);
        var people = await ComeAsync(target, kind);
        try
        {
            await Assert.ThrowsAsync<TimeoutException>(() => Task.WhenAll(people.Select(person => person.MeetAsync(Most))));
        }
        finally
        {
            await Task.WhenAll(people.Select(person => person.DisposeAsync().AsTask()));
        }
    }

    private static async Task<HonestPerson[]> ComeAsync(ISystemUnderTest target, GhostKind kind) =>
        await Task.WhenAll(Enumerable.Range(0, Honest).Select(i =>
            HonestPerson.ComeAsync(target.For(i), $"person {i}", IPAddress.Parse($"127.0.1.{10 + i}"), kind)));
}
