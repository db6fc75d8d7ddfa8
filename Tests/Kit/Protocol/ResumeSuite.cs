using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>What outlives a dropped socket, and for how long.</summary>
public abstract class ResumeSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task A_place_in_the_queue_is_kept()
    {
        await using var stage = await StageAsync();
        var a = await stage.SearcherAsync("a", "text");
        await stage.DropAsync(a);
        var back = await stage.ReturnAsync(a);
        var welcome = back.All[0];
        Assert.True(welcome.Is("resumed"));
        Assert.Equal(("searching", "text"), (welcome.State, welcome.Chat));
        var b = await stage.JoinAsync("b");
        await b.StartAsync("text");
        await Stage.MetAsync(back, b);
    }

    [Fact]
    public async Task Whoever_is_away_is_not_paired()
    {
        await using var stage = await StageAsync();
        var away = await stage.SearcherAsync("away");
        await stage.DropAsync(away);
        var waiting = await stage.SearcherAsync("waiting");
        var third = await stage.JoinAsync("third");
        await third.StartAsync();
        await Stage.MetAsync(waiting, third);
        var back = await stage.ReturnAsync(away);
        Assert.Equal("searching", back.All[0].State);
        await third.StartAsync();
        await Stage.MetAsync(back, third);
    }

    [Fact]
    public async Task Coming_back_meets_whoever_waits()
    {
        await using var stage = await StageAsync();
        var away = await stage.SearcherAsync("away");
        await stage.DropAsync(away);
        var waiting = await stage.SearcherAsync("waiting");
        var back = await stage.ReturnAsync(away);
        await Stage.MetAsync(back, waiting);
    }

    [Fact]
    public async Task A_room_is_kept_and_the_peer_hears_of_away_and_back()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var matched = a.All.First(m => m.Type == "matched");
        await a.DropAsync();
        Assert.Equal(b.Room, (await b.ExpectAsync("peer-away")).Room);
        var back = await stage.ReturnAsync(a);
        Assert.Equal(b.Room, (await b.ExpectAsync("peer-back")).Room);
        var welcome = back.All[0];
        Assert.Equal(("in-room", "video"), (welcome.State, welcome.Chat));
        var match = welcome.Json.GetProperty("match");
        foreach (var field in new[] { "room", "self", "peer", "initiator", "chat", "common" })
        {
            Assert.Equal(matched.Json.GetProperty(field).ToString(), match.GetProperty(field).ToString());
        }
        Assert.True(match.TryGetProperty("ackMs", out _));
        await Stage.SettleAsync(back, b);
    }

    [Fact]
    public async Task Away_is_told_after_its_notice_time_only()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var before = b.All[^1].At;
        await a.DropAsync();
        var away = await b.ExpectAsync("peer-away");
        Assert.True(away.At - before > TimeSpan.FromMilliseconds(900), $"told after {away.At - before}");
    }

    [Fact]
    public async Task A_short_absence_is_not_told()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.AwayNotice, 8_000));
        var (a, b) = await stage.SettledPairAsync();
        await a.DropAsync();
        var back = await stage.ReturnAsync(a);
        await back.RelayAsync("nothing happened");
        await b.ExpectFrameAsync("nothing happened");
    }

    [Fact]
    public async Task Frames_for_whoever_is_away_wait_and_come_first()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.DropAsync();
        await b.ExpectAsync("peer-away");
        for (var i = 0; i < 10; i++)
        {
            await b.RelayAsync($"kept {i}");
        }
        await Stage.ServedAsync(b);
        var back = await stage.ReturnAsync(a);
        await b.ExpectAsync("peer-back");
        await b.RelayAsync("live");
        for (var i = 0; i < 10; i++)
        {
            await back.ExpectFrameAsync($"kept {i}");
        }
        await back.ExpectFrameAsync("live");
    }

    [Fact]
    public async Task Of_more_than_64_kept_frames_the_oldest_go()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.DropAsync();
        await b.ExpectAsync("peer-away");
        for (var i = 0; i < 100; i++)
        {
            await b.RelayAsync($"kept {i}");
        }
        await Stage.ServedAsync(b);
        var back = await stage.ReturnAsync(a);
        await b.ExpectAsync("peer-back");
        await b.RelayAsync("live");
        await ExpectLastAsync(stage, back, 36, 100, i => $"kept {i}");
        await back.ExpectFrameAsync("live");
    }

    [Fact]
    public async Task Of_more_than_256_KiB_kept_the_oldest_go()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.DropAsync();
        await b.ExpectAsync("peer-away");
        var bulk = new string('x', 60 * 1024);
        for (var i = 0; i < 7; i++)
        {
            await b.RelayAsync(i + bulk);
        }
        await Stage.ServedAsync(b);
        // Where it was: frames of this size that are still on their way when their receiver moves to another gateway may be
        // overtaken by later ones, and are lost then.
        var back = await stage.ReturnAsync(a, gateway: stage.System.For(0));
        await b.ExpectAsync("peer-back");
        await b.RelayAsync("live");
        await ExpectLastAsync(stage, back, 3, 7, i => i + bulk);
        await back.ExpectFrameAsync("live");
    }

    [Fact]
    public async Task After_the_grace_the_peer_is_gone()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Grace, 1_500).With(Keys.AwayNotice, 300));
        var (a, b) = await stage.SettledPairAsync();
        var before = b.All[^1].At;
        await a.DropAsync();
        await b.ExpectAsync("peer-away");
        var left = await b.ExpectLeftAsync(b.Room, "gone");
        Assert.True(left.At - before > TimeSpan.FromMilliseconds(1_400), $"gone after {left.At - before}");
        await Stage.ExpectNothingAsync(b);
        var back = await stage.ReturnAsync(a);
        Assert.Equal("idle", back.All[0].State);
        Assert.True(back.All[0].Is("resumed"));
    }

    [Fact]
    public async Task After_the_grace_the_place_is_gone()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Grace, 500));
        var a = await stage.SearcherAsync("a", "text");
        await stage.DropAsync(a);
        await Until.TrueAsync(
            async () => (await stage.GetJsonAsync("/stats")).GetProperty("searching").GetProperty("text").GetInt32() == 0,
            "/stats says that nobody searches for text");
        var back = await stage.ReturnAsync(a);
        Assert.Equal("idle", back.All[0].State);
        await Stage.ExpectNothingAsync(back);
    }

    [Fact]
    public async Task Whoever_returns_to_a_room_that_ended_is_not_in_it()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.DropAsync();
        await b.ExpectAsync("peer-away");
        await b.StartAsync("text");
        await b.ExpectAsync("searching");
        var back = await stage.ReturnAsync(a);
        Assert.NotEqual("in-room", back.All[0].State);
        await back.RelayAsync("late");
        await back.StartAsync("audio");
        await back.NextAsync(m => m.Type == "searching", "searching");
        Assert.DoesNotContain(b.All, m => m.Payload == "late");
    }

    [Fact]
    public async Task A_newer_connection_of_the_session_replaces_the_older()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        // Two connections write one log, so the order of their lines means nothing.
        stage.Invariants = null;
        var newer = await stage.ReturnAsync(a);
        await a.ClosedAsync(4409);
        Assert.Equal(("in-room", a.User), (newer.All[0].State, newer.User));
        await newer.RelayAsync("from the newer");
        await b.ExpectFrameAsync("from the newer");
        await b.RelayAsync("to the newer");
        await newer.ExpectFrameAsync("to the newer");
    }

    [Fact]
    public async Task Of_many_connections_of_a_session_one_survives()
    {
        await using var stage = await StageAsync();
        stage.Invariants = null;
        var first = await stage.SearcherAsync("first");
        var session = first.Session;
        var many = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            var client = await stage.OpenAsync($"again {i}");
            await client.HelloAsync(session: session);
            return client;
        }));
        await Until.TrueAsync(() => many.Append(first).Count(c => c.IsOpen) == 1, "one connection of the session is open");
        foreach (var closed in many.Append(first).Where(c => !c.IsOpen))
        {
            await closed.ClosedAsync(4409);
        }
        var survivor = many.Append(first).Single(c => c.IsOpen);
        var peer = await stage.JoinAsync("peer");
        await peer.StartAsync();
        // The survivor's ticket may still be on its way from its last gateway.
        var told = await peer.NextAsync(m => m.Type == "matched", "matched");
        await survivor.NextAsync(m => m.Type == "matched" && m.Room == told.Room, "the match, at the survivor");
    }

    [Fact]
    public async Task An_orderly_close_keeps_the_room_as_a_drop_does()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.CloseAsync();
        await b.ExpectAsync("peer-away");
        var back = await stage.ReturnAsync(a);
        Assert.Equal("in-room", back.All[0].State);
        await b.ExpectAsync("peer-back");
    }

    [Fact]
    public async Task Both_away_and_both_back_are_in_their_room()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await stage.DropAsync(a);
        await stage.DropAsync(b);
        var backA = await stage.ReturnAsync(a);
        var backB = await stage.ReturnAsync(b);
        Assert.Equal(("in-room", "in-room"), (backA.All[0].State, backB.All[0].State));
        await backA.RelayAsync("we are back");
        await backB.NextAsync(m => m.Payload == "we are back", "the relay frame");
    }

    /// <summary>Expects the frames from a number on, in order. Of several gateways one may have had some still on their way.</summary>
    private static async Task ExpectLastAsync(Stage stage, WireClient back, int from, int end, Func<int, string> payload)
    {
        var first = (await back.NextAsync(m => m.Payload is not null, "a kept frame")).Payload;
        var least = stage.System.Gateways.Count > 1 ? 0 : from;
        var number = Enumerable.Range(least, from - least + 1).FirstOrDefault(i => payload(i) == first, -1);
        Assert.True(number >= 0, $"The first frame is not one of {least} to {from}.");
        for (var i = number + 1; i < end; i++)
        {
            await back.ExpectFrameAsync(payload(i));
        }
    }
}
