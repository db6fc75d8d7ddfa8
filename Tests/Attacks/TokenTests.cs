using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Turn;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Attacks;

/// <summary>Session tokens that were damaged on purpose, and tokens that were stolen.</summary>
[Collection(SharedTargets.Name)]
public sealed class TokenTests(Targets targets, ITestOutputHelper output)
{
    private static readonly IPAddress Attacker = IPAddress.Parse("127.0.0.66");

    [Theory]
    [InlineData(Layout.OneProcess)]
    [InlineData(Layout.Cluster)]
    public async Task A_damaged_token_is_a_stranger_and_no_error(Layout layout)
    {
        var target = await targets.OfAsync(layout, SystemSettings.Default.With("Gateway:Framing", "own"));
        await using var person = await WireClient.JoinAsync(target.For(0), new() { Name = "person" });
        using var caller = new Caller(target.For(0), Attacker);
        string[] damaged =
        [
            "x.1." + new string('!', 43), person.Session[..^1] + "B", person.Session[..^1], "..", ".", "", "\ud800",
            new string('a', 5_000), person.Session.Replace('.', '\u3002'),
        ];
        foreach (var token in damaged)
        {
            await using var client = await WireClient.OpenAsync(target.For(0), new() { Name = "damaged", From = Attacker });
            await client.HelloAsync(token);
            Assert.False((await client.ExpectAsync("welcome")).Is("resumed"));
            if (token.All(char.IsAscii) && token.Length is > 0 and < 4_000)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await caller.AskAsync(token)).Status);
            }
        }
        Assert.DoesNotContain("fail:", target.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", target.Output, StringComparison.Ordinal);
        new Outcome("a session token with one character changed", "socket dies with 1006, HTTP 500, 1.5 kB of error log each")
            .Write(output, layout, "a fresh identity, HTTP 401, nothing logged");
    }

    [Theory]
    [InlineData(Layout.OneProcess)]
    [InlineData(Layout.Cluster)]
    public async Task A_stolen_token_is_worth_nothing_once_its_owner_came_back(Layout layout)
    {
        var target = await targets.OfAsync(layout, SystemSettings.Default.With("Gateway:Framing", "own"));
        await using var owner = await WireClient.JoinAsync(target.For(0), new() { Name = "owner" });
        var stolen = owner.Session;
        await owner.DropAsync();
        await using var back = await owner.ReturnAsync(target.For(1));
        await back.DropAsync();
        // The owner has now used the token that replaced the stolen one.
        await using var again = await back.ReturnAsync(target.For(0));
        await using var friend = await WireClient.JoinAsync(target.For(1), new() { Name = "friend" });
        await again.StartAsync("text");
        await again.ExpectAsync("searching");
        await friend.StartAsync("text");
        var room = (await friend.MatchedAsync()).Room!;
        await again.MatchedAsync();

        await using var thief = await WireClient.OpenAsync(target.For(1), new() { Name = "thief", From = Attacker });
        await thief.HelloAsync(stolen, room);
        var welcome = await thief.ExpectAsync("welcome");
        Assert.False(welcome.Is("resumed"));
        Assert.Equal("idle", welcome.State);
        await friend.RelayAsync("for the owner only");
        await again.ExpectFrameAsync("for the owner only", room);
        Assert.True(again.IsOpen);
        new Outcome("a superseded session token is replayed", "takes the session in its room, reads the partner's next frame")
            .Write(output, layout, "a fresh identity; the owner's call goes on");
    }
}
