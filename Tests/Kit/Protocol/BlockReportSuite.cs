using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary><c>block</c> and <c>report</c>.</summary>
public abstract class BlockReportSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    private static SystemSettings NoCooldown => Defaults.With(Keys.Cooldown, 0);

    [Fact]
    public async Task Blocking_the_present_peer_leaves_and_lasts()
    {
        await using var stage = await StageAsync(NoCooldown);
        var (a, b) = await stage.SettledPairAsync();
        await Stage.BlockAsync(a, b);
        await NeverMeetAsync(stage, a, b);
    }

    [Fact]
    public async Task Blocking_the_last_peer_lasts_too()
    {
        await using var stage = await StageAsync(NoCooldown);
        var (a, b) = await stage.SettledPairAsync();
        var room = a.Room;
        await b.StopAsync();
        await a.ExpectLeftAsync(room, "stop");
        await a.BlockAsync(room);
        await Stage.ExpectNothingAsync(a);
        await NeverMeetAsync(stage, a, b);
    }

    [Fact]
    public async Task A_block_binds_both_sides_and_survives_their_reconnecting()
    {
        await using var stage = await StageAsync(NoCooldown);
        var (a, b) = await stage.SettledPairAsync();
        await Stage.BlockAsync(a, b);
        await stage.DropAsync(a);
        await stage.DropAsync(b);
        await NeverMeetAsync(stage, await stage.ReturnAsync(b), await stage.ReturnAsync(a));
    }

    [Fact]
    public async Task A_block_outlives_the_grace()
    {
        await using var stage = await StageAsync(NoCooldown.With(Keys.Grace, 100));
        var (a, b) = await stage.SettledPairAsync();
        await Stage.BlockAsync(a, b);
        var witness = await stage.SearcherAsync("witness", "text");
        await stage.DropAsync(a);
        await stage.DropAsync(witness);
        // The witness left later: once its place is gone, so is the grace of the blocker.
        await Until.TrueAsync(
            async () => (await stage.GetJsonAsync("/stats")).GetProperty("searching").GetProperty("text").GetInt32() == 0,
            "/stats says that nobody searches for text");
        await NeverMeetAsync(stage, await stage.ReturnAsync(a), b);
    }

    [Fact]
    public async Task Blocking_another_room_is_not_in_room_and_never_misuse()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        for (var i = 0; i < 10; i++)
        {
            await a.BlockAsync("anotherRoom");
            await a.ExpectErrorAsync("not-in-room");
        }
        await Stage.SettleAsync(a, b);
    }

    [Fact]
    public async Task Two_who_blocked_each_other_do_not_hold_up_others()
    {
        await using var stage = await StageAsync(NoCooldown);
        var (a, b) = await stage.SettledPairAsync();
        var room = a.Room;
        await Stage.BlockAsync(a, b);
        await b.BlockAsync(room);
        await a.StartAsync();
        await a.ExpectAsync("searching");
        await b.StartAsync();
        await b.ExpectAsync("searching");
        var (c, d) = (await stage.JoinAsync("c"), await stage.JoinAsync("d"));
        await c.StartAsync();
        var left = await Stage.MetOneOfAsync(c, a, b);
        await d.StartAsync();
        await Stage.MetAsync(d, left);
    }

    [Fact]
    public async Task Two_who_blocked_everyone_wait_in_peace()
    {
        await using var stage = await StageAsync(NoCooldown);
        var clients = new List<WireClient>();
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await stage.JoinAsync($"c{i}"));
        }
        for (var i = 0; i < 4; i++)
        {
            for (var j = i + 1; j < 4; j++)
            {
                await Stage.MeetAndBlockAsync(clients[i], clients[j]);
            }
        }
        for (var i = 0; i < 4; i++)
        {
            await clients[i].StartAsync();
            Assert.Equal(i + 1, (await clients[i].ExpectAsync("searching")).Number("waiting"));
        }
        var (x, y) = (await stage.JoinAsync("x", new() { AutoAck = true }), await stage.JoinAsync("y"));
        await x.StartAsync("text");
        await x.ExpectAsync("searching");
        await y.StartAsync("text");
        await Stage.MetAsync(x, y);
        await x.StartAsync();
        await Stage.MetByAsync(x, clients[0]);
    }

    [Fact]
    public async Task A_report_of_the_present_and_of_the_last_peer_is_recorded()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var room = a.Room;
        await a.ReportAsync("rude words");
        var first = (await a.ExpectAsync("reported")).String("id");
        await b.StopAsync();
        await a.ExpectLeftAsync(room, "stop");
        await a.ReportAsync(new string('r', 500), room);
        var second = (await a.ExpectAsync("reported")).String("id");
        Assert.False(string.IsNullOrEmpty(first));
        Assert.Equal(first, second);
        await b.ReportAsync("they reported me", room);
        Assert.NotEqual(first, (await b.ExpectAsync("reported")).String("id"));
    }

    [Fact]
    public async Task Reports_are_bounded_by_identity_and_by_address()
    {
        await using var stage = await StageAsync(NoCooldown.With(Keys.ReportsPerIdentity, 2).With(Keys.ReportsPerAddress, 3));
        // The bounds are each gateway's own.
        var a = await stage.JoinAsync("a", gateway: stage.Gateway);
        var b = await stage.JoinAsync("b", gateway: stage.Gateway);
        for (var i = 0; i < 3; i++)
        {
            await MeetAsync();
            await a.ReportAsync("again");
            var answer = await a.NextAsync(m => m.Type is "reported" or "error", "an answer to the report");
            Assert.Equal(i < 2 ? "reported" : "error", answer.Type);
            Assert.Equal(i < 2 ? null : "rate-limited", answer.Code);
            Assert.False(answer.Is("fatal"));
        }
        await b.ReportAsync("the third of this address");
        await b.NextAsync(m => m.Type == "reported", "reported");
        await MeetAsync();
        await b.ReportAsync("the fourth of this address");
        Assert.Equal("rate-limited", (await b.NextAsync(m => m.Type is "reported" or "error", "an answer")).Code);
        await Stage.SettleAsync(a, b);

        async Task MeetAsync()
        {
            await a.StartAsync("text");
            await a.NextAsync(m => m.Type == "searching", "searching");
            await b.StartAsync("text");
            await b.NextAsync(m => m.Type == "matched", "matched");
            await a.NextAsync(m => m.Type == "matched", "matched");
        }
    }

    [Fact]
    public async Task A_report_of_another_room_is_not_in_room_and_never_misuse()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        for (var i = 0; i < 10; i++)
        {
            await client.ReportAsync("of nobody", "anotherRoom");
            await client.ExpectErrorAsync("not-in-room");
        }
        await Stage.ExpectNothingAsync(client);
    }

    [Fact]
    public async Task A_reason_over_500_characters_is_a_bad_field()
    {
        await using var stage = await StageAsync();
        var (a, _) = await stage.SettledPairAsync();
        await a.ReportAsync(new string('r', 501));
        await a.ExpectErrorAsync("bad-field");
    }

    private static async Task NeverMeetAsync(Stage stage, WireClient a, WireClient b)
    {
        await a.StartAsync();
        await a.ExpectAsync("searching");
        await b.StartAsync();
        await b.ExpectAsync("searching");
        // Passes go by until this pair has met by one: a waits for an interest nobody has, and then takes anyone.
        var choosy = await stage.JoinAsync("choosy");
        await choosy.StartAsync("text", interests: ["nobody's"]);
        await choosy.ExpectAsync("searching");
        var anyone = await stage.SearcherAsync("anyone", "text");
        await Stage.MetAsync(choosy, anyone);
        // Both are still there. Which of them comes first is another test's question.
        var third = await stage.JoinAsync("third");
        await third.StartAsync();
        var left = await Stage.MetOneOfAsync(third, a, b);
        var fourth = await stage.JoinAsync("fourth");
        await fourth.StartAsync();
        await Stage.MetAsync(fourth, left);
    }
}
