using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Attacks;

/// <summary>A bot that meets everybody learns nothing by which it would know them again.</summary>
[Collection(SharedTargets.Name)]
public sealed class TrackingTests(Targets targets, ITestOutputHelper output)
{
    [Theory]
    [InlineData(Layout.OneProcess)]
    [InlineData(Layout.Cluster)]
    public async Task The_same_person_is_somebody_else_in_every_room(Layout layout)
    {
        var target = await targets.OfAsync(layout, SystemSettings.Default.With("Matchmaking:CooldownMs", 0));
        await using var bot = await WireClient.JoinAsync(target.For(0), new() { Name = "bot" });
        await using var person = await WireClient.JoinAsync(target.For(1), new() { Name = "person" });
        var peers = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await bot.StartAsync("text");
            await bot.ExpectAsync("searching");
            await person.StartAsync("text");
            peers.Add((await bot.MatchedAsync()).Peer!);
            await person.MatchedAsync();
            await person.StopAsync();
            await bot.ExpectAsync("peer-left");
        }
        Assert.Equal(peers.Count, peers.Distinct().Count());
        Assert.DoesNotContain(bot.All, frame => frame.Text?.Contains(person.User, StringComparison.Ordinal) == true);
        new Outcome("a bot that meets everybody", "knows them again by a lasting id").Write(output, layout, "5 matches, 5 ids");
    }
}
