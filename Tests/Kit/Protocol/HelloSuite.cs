using System.Text.Json.Nodes;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary><c>hello</c> and <c>welcome</c>: identity, its proof and its end.</summary>
public abstract class HelloSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task A_newcomer_is_welcomed_idle_with_a_fresh_identity()
    {
        await using var stage = await StageAsync();
        var client = await stage.OpenAsync("a");
        await client.HelloAsync(client: "tests/1.0");
        var welcome = await client.ExpectAsync("welcome");
        Assert.Matches("^[A-Za-z0-9_-]{1,32}$", client.User);
        Assert.NotEmpty(client.Session);
        Assert.Equal("idle", welcome.State);
        Assert.True(welcome.Has("resumed") && !welcome.Is("resumed"));
        Assert.Equal(30_000, welcome.Number("graceMs"));
        Assert.Equal(65_536, welcome.Number("maxFrameBytes"));
        Assert.False(welcome.Has("match") && welcome.Json.GetProperty("match").ValueKind != System.Text.Json.JsonValueKind.Null);
        var other = await stage.JoinAsync("b");
        Assert.NotEqual(client.User, other.User);
        Assert.NotEqual(client.Session, other.Session);
    }

    [Fact]
    public async Task Frames_may_follow_hello_at_once()
    {
        await using var stage = await StageAsync();
        var client = await stage.OpenAsync("a");
        await client.HelloAsync();
        await client.StartAsync("text");
        await client.ExpectAsync("welcome");
        await client.ExpectAsync("searching");
    }

    [Theory]
    [InlineData("{\"type\":\"start\",\"chat\":\"video\"}")]
    [InlineData("{\"type\":\"stop\"}")]
    [InlineData(">room|frame")]
    [InlineData("{\"type\":\"dance\"}")]
    [InlineData("garbage")]
    [InlineData("")]
    public async Task Any_other_first_frame_closes(string frame)
    {
        await using var stage = await StageAsync();
        var client = await stage.OpenAsync("a");
        await client.SendRawAsync(frame);
        var error = await client.ExpectAsync("error");
        Assert.NotNull(error.Code);
        await client.ClosedAsync(4400);
    }

    [Fact]
    public async Task A_binary_first_frame_closes()
    {
        await using var stage = await StageAsync();
        var client = await stage.OpenAsync("a");
        await client.SendBinaryAsync("{\"type\":\"hello\"}"u8.ToArray());
        await client.ExpectAsync("error");
        await client.ClosedAsync(4400);
    }

    [Fact]
    public async Task Saying_nothing_closes_with_4408()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Hello, 1_200));
        var quick = await stage.JoinAsync("quick");
        var mute = await stage.OpenAsync("mute");
        var closing = await mute.ClosedAsync(4408);
        Assert.True(closing.At >= TimeSpan.FromMilliseconds(1_150), $"closed after {closing.At}");
        await Stage.ExpectNothingAsync(quick);
    }

    [Fact]
    public async Task A_session_resumes_its_identity()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        var (user, session) = (client.User, client.Session);
        await client.CloseAsync();
        var back = await stage.ReturnAsync(client);
        var welcome = back.All[0];
        Assert.True(welcome.Is("resumed"));
        Assert.Equal(user, back.User);
        Assert.Equal("idle", welcome.State);
        Assert.NotEmpty(session);
    }

    [Fact]
    public async Task A_forged_or_damaged_session_gets_a_fresh_identity_not_an_error()
    {
        await using var stage = await StageAsync();
        var owner = await stage.JoinAsync("owner");
        foreach (var forged in Damage.Of(owner.Session).Append("ключ").Append("\ud83d\ude00"))
        {
            var thief = await stage.OpenAsync("thief");
            await thief.HelloAsync(session: forged);
            var welcome = await thief.ExpectAsync("welcome");
            Assert.False(welcome.Is("resumed"));
            Assert.NotEqual(owner.User, thief.User);
            await thief.DisposeAsync();
        }
        await Stage.ExpectNothingAsync(owner);
    }

    [Fact]
    public async Task An_expired_session_gets_a_fresh_identity()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.SessionSeconds, 1).With(Keys.Grace, 100));
        var client = await stage.JoinAsync("a");
        var (user, session) = (client.User, client.Session);
        await client.CloseAsync();
        await Until.TrueAsync(
            async () =>
            {
                var later = await stage.OpenAsync("later");
                await later.HelloAsync(session: session);
                var welcome = await later.ExpectAsync("welcome");
                await later.DisposeAsync();
                return !welcome.Is("resumed") && later.User != user;
            },
            "the session of 1 s expires");
    }

    [Fact]
    public async Task A_session_is_renewed_on_use()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.SessionSeconds, 5));
        var client = await stage.JoinAsync("a");
        var (user, first, newest) = (client.User, client.Session, client.Session);
        await client.CloseAsync();
        await Until.TrueAsync(
            async () =>
            {
                var probe = await stage.OpenAsync("probe");
                await probe.HelloAsync(session: first);
                await probe.ExpectAsync("welcome");
                newest = probe.User == user ? probe.Session : newest;
                await probe.DisposeAsync();
                return probe.User != user;
            },
            "the first token expires");
        var back = await stage.OpenAsync("back");
        await back.HelloAsync(session: newest);
        await back.ExpectAsync("welcome");
        Assert.Equal(user, back.User);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("room")]
    [InlineData("client")]
    public async Task A_field_of_hello_that_is_no_string_is_an_error(string field)
    {
        await using var stage = await StageAsync();
        var client = await stage.OpenAsync("a");
        await client.SendAsync(new JsonObject { ["type"] = "hello", [field] = 7 });
        var error = await client.ExpectAsync("error");
        Assert.Equal("bad-field", error.Code);
    }

    [Fact]
    public async Task A_client_name_over_64_characters_is_an_error()
    {
        await using var stage = await StageAsync();
        var fits = await stage.OpenAsync("fits");
        await fits.HelloAsync(client: new string('c', 64));
        await fits.ExpectAsync("welcome");
        var tooLong = await stage.OpenAsync("too long");
        await tooLong.HelloAsync(client: new string('c', 65));
        Assert.Equal("bad-field", (await tooLong.ExpectAsync("error")).Code);
    }

    [Fact]
    public async Task A_second_hello_is_an_error_and_changes_nothing()
    {
        await using var stage = await StageAsync();
        var client = await stage.SearcherAsync("a");
        await client.HelloAsync();
        await client.ExpectAsync("error");
        var peer = await stage.JoinAsync("b");
        await peer.StartAsync();
        await Stage.MetAsync(client, peer);
    }

    [Fact]
    public async Task More_identities_than_allowed_are_refused()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.MaxSessions, 2));
        // The bound is each gateway's own.
        await stage.JoinAsync("a", gateway: stage.Gateway);
        await stage.JoinAsync("b", gateway: stage.Gateway);
        var third = await stage.OpenAsync("c", gateway: stage.Gateway);
        await third.HelloAsync();
        Assert.Equal("too-many-sessions", (await third.ExpectAsync("error")).Code);
    }
}
