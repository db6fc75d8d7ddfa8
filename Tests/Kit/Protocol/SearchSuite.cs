using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary><c>start</c>, <c>stop</c> and who meets whom.</summary>
public abstract class SearchSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task Alone_one_searches()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.StartAsync("audio");
        var searching = await client.ExpectAsync("searching");
        Assert.Equal("audio", searching.Chat);
        Assert.Equal(1, searching.Number("waiting"));
        Assert.False(searching.Is("requeued"));
    }

    [Fact]
    public async Task Two_meet_and_are_told_the_same()
    {
        await using var stage = await StageAsync();
        var first = await stage.SearcherAsync("a");
        var second = await stage.JoinAsync("b");
        await second.StartAsync();
        var (a, b) = await Stage.MetAsync(first, second);
        Assert.Matches("^[A-Za-z0-9_-]{1,32}$", a.Room);
        Assert.Equal(("video", "video"), (a.Chat, b.Chat));
        Assert.NotEqual(a.Initiator, b.Initiator);
        Assert.Equal(string.CompareOrdinal(a.Self, b.Self) < 0, a.Initiator);
        foreach (var matched in new[] { a, b })
        {
            Assert.True(matched.Has("initiator"));
            Assert.Equal(3_000, matched.Number("ackMs"));
            Assert.Empty(matched.Strings("common")!);
        }
    }

    [Fact]
    public async Task The_initiator_is_the_smaller_id_every_time()
    {
        await using var stage = await StageAsync();
        for (var i = 0; i < 10; i++)
        {
            var (a, b) = await stage.PairAsync($"a{i}", $"b{i}");
            var (forA, forB) = (a.All[^1], b.All[^1]);
            Assert.Equal(string.CompareOrdinal(forA.Self, forB.Self) < 0, forA.Initiator);
            Assert.Equal(!forA.Initiator, forB.Initiator);
        }
    }

    [Fact]
    public async Task Chat_types_do_not_mix()
    {
        await using var stage = await StageAsync();
        var video = await stage.SearcherAsync("v", "video");
        var audio = await stage.SearcherAsync("a", "audio");
        var text = await stage.SearcherAsync("t", "text");
        var other = await stage.JoinAsync("o");
        await other.StartAsync("audio");
        await Stage.MetAsync(audio, other);
        var more = await stage.JoinAsync("m");
        await more.StartAsync("text");
        await Stage.MetAsync(text, more);
        Assert.Equal(2, video.All.Count);
    }

    [Fact]
    public async Task Searching_again_keeps_the_place_and_another_chat_type_moves()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Cooldown, 0));
        var (first, second) = await TwoWhoNeverMeetAsync(stage);
        await first.StartAsync("video");
        await first.ExpectAsync("searching");
        await second.StartAsync("video");
        await second.ExpectAsync("searching");
        await first.StartAsync("video");
        var third = await stage.JoinAsync("third");
        await third.StartAsync("video");
        await Stage.MetByAsync(third, first);
        await second.StartAsync("text");
        await second.NextAsync(m => m.Chat == "text" && m.Type == "searching", "searching for text");
        var fourth = await stage.SearcherAsync("fourth", "video");
        await fourth.StopAsync();
        var fifth = await stage.JoinAsync("fifth");
        await fifth.StartAsync("text");
        await Stage.MetAsync(second, fifth);
    }

    [Fact]
    public async Task The_longest_waiting_is_met_first()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Cooldown, 0));
        var (first, second) = await TwoWhoNeverMeetAsync(stage);
        await second.StartAsync();
        await second.ExpectAsync("searching");
        await Stage.WaitedLongerAsync();
        await first.StartAsync();
        Assert.Equal(2, (await first.ExpectAsync("searching")).Number("waiting"));
        var third = await stage.JoinAsync("third");
        await third.StartAsync();
        await Stage.MetByAsync(third, second);
    }

    [Fact]
    public async Task Stop_takes_one_out_of_the_queue()
    {
        await using var stage = await StageAsync();
        var first = await stage.SearcherAsync("a");
        await first.StopAsync();
        await Stage.ExpectNothingAsync(first);
        var second = await stage.JoinAsync("b");
        await second.StartAsync();
        Assert.Equal(1, (await second.ExpectAsync("searching")).Number("waiting"));
    }

    [Fact]
    public async Task Stop_when_idle_has_no_answer()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.StopAsync();
        await client.StopAsync();
        await Stage.ExpectNothingAsync(client);
    }

    [Fact]
    public async Task Stop_in_a_room_tells_the_peer_who_is_then_idle()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.StopAsync();
        await b.ExpectLeftAsync(b.Room, "stop");
        await Stage.ExpectNothingAsync(a);
        await Stage.ExpectNothingAsync(b);
    }

    [Fact]
    public async Task Start_in_a_room_is_next()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.StartAsync();
        await b.ExpectLeftAsync(b.Room, "next");
        await a.ExpectAsync("searching");
        await Stage.ExpectNothingAsync(b);
        var c = await stage.JoinAsync("c");
        await c.StartAsync();
        await Stage.MetAsync(a, c);
    }

    [Fact]
    public async Task Next_meets_a_waiting_stranger_at_once()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var c = await stage.SearcherAsync("c");
        await a.StartAsync();
        await Stage.MetAtOnceAsync(a, c);
        await b.ExpectLeftAsync(b.Room, "next");
    }

    [Fact]
    public async Task Both_pressing_next_at_once_strands_nobody()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Cooldown, 700));
        for (var i = 0; i < 5; i++)
        {
            var (a, b) = await stage.SettledPairAsync($"a{i}", $"b{i}");
            var room = a.Room;
            await Task.WhenAll(a.StartAsync(), b.StartAsync());
            var again = await Task.WhenAll(
                a.NextAsync(m => m.Type == "matched", "the next match"),
                b.NextAsync(m => m.Type == "matched", "the next match"));
            Assert.Equal((again[1].Self, again[0].Self), (again[0].Peer, again[1].Peer));
            Assert.NotEqual(room, again[0].Room);
            await a.StopAsync();
            await b.StopAsync();
        }
    }

    [Fact]
    public async Task The_last_partner_comes_again_only_after_the_cooldown()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Cooldown, 1_500));
        var (a, b) = await stage.SettledPairAsync();
        await a.StartAsync();
        await b.ExpectLeftAsync(b.Room, "next");
        var searching = await a.ExpectAsync("searching");
        await b.StartAsync();
        await b.ExpectAsync("searching");
        var again = await Stage.MetByAsync(a, b);
        // Counted from the start of the search or from the end of the room: either way not before this.
        Assert.True(again.At - searching.At > TimeSpan.FromMilliseconds(1_300), $"again after {again.At - searching.At}");
    }

    [Fact]
    public async Task Somebody_else_comes_before_the_last_partner()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.StartAsync();
        await a.ExpectAsync("searching");
        await b.ExpectLeftAsync(b.Room, "next");
        await b.StartAsync();
        await b.ExpectAsync("searching");
        var c = await stage.JoinAsync("c");
        await c.StartAsync();
        var left = await Stage.MetOneOfAsync(c, a, b);
        var d = await stage.JoinAsync("d");
        await d.StartAsync();
        await Stage.MetAsync(d, left);
    }

    private static async Task<(WireClient A, WireClient B)> TwoWhoNeverMeetAsync(Stage stage)
    {
        var (a, b) = await stage.SettledPairAsync("first", "second", "audio");
        await Stage.BlockAsync(a, b);
        return (a, b);
    }
}
