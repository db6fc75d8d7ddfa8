using System.Net;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Which session tokens are good: not those whose successor was used, not for ever, and none after <c>forget</c>.</summary>
public abstract class SessionSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task A_token_is_refused_once_its_successor_was_used()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        var (user, first) = (client.User, client.Session);
        var second = await ResumedAsync(stage, first, user);
        await ResumedAsync(stage, second, user);
        await RefusedAsync(stage, first, user);
        await ResumedAsync(stage, second, user);
    }

    [Fact]
    public async Task A_token_whose_successor_was_never_seen_is_good()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        var (user, only) = (client.User, client.Session);
        for (var i = 0; i < 4; i++)
        {
            // The line breaks each time before the welcome is read.
            await ResumedAsync(stage, only, user);
        }
    }

    [Fact]
    public async Task Asking_for_ICE_servers_uses_a_token_too()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        var (user, first) = (client.User, client.Session);
        var second = await ResumedAsync(stage, first, user);
        Assert.True(await IsGoodForIceAsync(stage, first));
        Assert.True(await IsGoodForIceAsync(stage, second));
        Assert.False(await IsGoodForIceAsync(stage, first));
        await RefusedAsync(stage, first, user);
    }

    [Fact]
    public async Task A_thief_with_a_superseded_token_does_not_get_into_the_room()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var stolen = a.Session;
        await stage.DropAsync(a);
        var back = await stage.ReturnAsync(a);
        Assert.True(await IsGoodForIceAsync(stage, back.Session));
        var thief = await stage.OpenAsync("thief");
        await thief.HelloAsync(session: stolen, room: b.Room);
        Assert.Equal("idle", (await thief.ExpectAsync("welcome")).State);
        await b.RelayAsync("for a alone");
        await back.NextAsync(m => m.Payload == "for a alone", "the relay frame");
        Assert.True(back.IsOpen);
        await Stage.ExpectNothingAsync(thief, "text");
    }

    [Fact]
    public async Task Forget_ends_the_identity_and_its_tokens()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var (user, newest) = (a.User, a.Session);
        await a.ForgetAsync();
        await a.ClosedAsync(1000);
        await b.ExpectLeftAsync(b.Room, "stop");
        Assert.False(await IsGoodForIceAsync(stage, newest));
        for (var i = 0; i < stage.System.Gateways.Count; i++)
        {
            await RefusedAsync(stage, newest, user);
        }
        await Stage.ExpectNothingAsync(b);
    }

    [Fact]
    public async Task A_searcher_who_is_forgotten_is_met_by_nobody()
    {
        await using var stage = await StageAsync();
        var gone = await stage.SearcherAsync("gone", "text");
        await gone.ForgetAsync();
        await gone.ClosedAsync(1000);
        var other = await stage.JoinAsync("other");
        await Stage.ExpectNothingAsync(other, "text");
    }

    [Fact]
    public async Task A_living_line_renews_its_session()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.SessionSeconds, 4));
        var client = await stage.JoinAsync("a");
        var (user, first) = (client.User, client.Session);
        await client.NextAsync(m => m.Type == "session", "a fresh token");
        await client.NextAsync(m => m.Type == "session", "another");
        Assert.NotEqual(first, client.Session);
        await Until.TrueAsync(async () => !await IsGoodForIceAsync(stage, first), "the first token expires");
        Assert.True(await IsGoodForIceAsync(stage, client.Session));
        var newest = client.Session;
        await client.CloseAsync();
        await ResumedAsync(stage, newest, user);
    }

    [Fact]
    public async Task An_identity_ends_at_its_longest_life()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.SessionSeconds, 3).With(Keys.IdentitySeconds, 3));
        var a = await stage.SearcherAsync("a");
        var b = await stage.JoinAsync("b");
        await b.StartAsync();
        await Stage.MetAsync(a, b);
        var (user, token) = (a.User, a.Session);
        await a.ClosedAsync(4401);
        await b.ClosedAsync(4401);
        await RefusedAsync(stage, token, user);
    }

    // Whether the session may have ICE servers is another question, which is asked after the token.
    private static async Task<bool> IsGoodForIceAsync(Stage stage, string token)
    {
        using var answer = await stage.GetAsync("/ice-servers", token);
        return answer.StatusCode != HttpStatusCode.Unauthorized;
    }

    private static async Task<string> ResumedAsync(Stage stage, string token, string user)
    {
        var client = await stage.OpenAsync("resumes");
        await client.HelloAsync(session: token);
        Assert.True((await client.ExpectAsync("welcome")).Is("resumed"));
        Assert.Equal(user, client.User);
        return client.Session;
    }

    private static async Task RefusedAsync(Stage stage, string token, string user)
    {
        var client = await stage.OpenAsync("refused");
        await client.HelloAsync(session: token);
        Assert.False((await client.ExpectAsync("welcome")).Is("resumed"));
        Assert.NotEqual(user, client.User);
    }
}
