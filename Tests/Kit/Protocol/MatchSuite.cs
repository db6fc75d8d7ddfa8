using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>From <c>matched</c> on: acknowledgement, relay, order.</summary>
public abstract class MatchSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    private static readonly WireClientOptions Silent = new() { AutoAck = false };

    [Fact]
    public async Task Nobody_is_told_who_the_stranger_is_elsewhere()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Cooldown, 0));
        var (a, b) = await stage.PairAsync();
        var first = a.All.Single(m => m.Type == "matched");
        await stage.DropAsync(a);
        var back = await stage.ReturnAsync(a);
        var match = back.All[0].Json.GetProperty("match");
        Assert.Equal(
            (first.Room, first.Self, first.Peer, first.Initiator),
            (match.GetProperty("room").GetString(), match.GetProperty("self").GetString(),
                match.GetProperty("peer").GetString(), match.GetProperty("initiator").GetBoolean()));
        await back.RelayAsync("hello again");
        await b.NextAsync(m => m.Payload == "hello again", "the relay frame");
        await back.ReportAsync("just so");
        await back.NextAsync(m => m.Type == "reported", "reported");
        await back.StartAsync();
        await b.NextAsync(m => m.Type == "peer-left", "peer-left");
        await b.StartAsync();
        var second = await back.NextAsync(m => m.Type == "matched", "the second match");
        await b.NextAsync(m => m.Type == "matched" && m.Room == second.Room, "the second match");
        await back.BlockAsync();
        await b.NextAsync(m => m.Type == "peer-left", "peer-left");

        string?[] ids = [a.User, b.User, first.Self, first.Peer, second.Self, second.Peer];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(a.All.Concat(back.All), frame => Assert.DoesNotContain(b.User, frame.Text, StringComparison.Ordinal));
        Assert.All(b.All, frame => Assert.DoesNotContain(a.User, frame.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Frames_pass_both_ways_byte_for_byte()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        foreach (var payload in new[] { "", "|", "{\"type\":\"stop\"}", "grüße 👋🏽\u0000\r\n", "> not a frame |", new string('é', 20_000) })
        {
            await a.RelayAsync(payload);
            await b.ExpectFrameAsync(payload);
            await b.RelayAsync(payload);
            await a.ExpectFrameAsync(payload);
        }
    }

    [Fact]
    public async Task Frames_keep_their_order_and_come_before_the_end_of_the_room()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        for (var i = 0; i < 100; i++)
        {
            await a.RelayAsync($"frame {i}");
        }
        await a.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            await b.ExpectFrameAsync($"frame {i}");
        }
        await b.ExpectLeftAsync(b.Room, "next");
    }

    [Fact]
    public async Task A_frame_of_another_room_is_dropped_without_an_error()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        foreach (var room in new[] { "x", "anotherRoom_-", new string('r', 32), a.Room.ToLowerInvariant() + "0", a.User })
        {
            await a.RelayAsync("late", room);
        }
        await a.RelayAsync("present");
        await b.ExpectFrameAsync("present");
        await a.StopAsync();
        await Stage.ExpectNothingAsync(a);
    }

    [Fact]
    public async Task Late_frames_are_late_not_wrong_however_many()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        for (var i = 0; i < 50; i++)
        {
            await client.RelayAsync("late", "someRoom");
        }
        await Stage.ExpectNothingAsync(client);
    }

    [Theory]
    [InlineData(">")]
    [InlineData(">noBar")]
    [InlineData(">|payload")]
    [InlineData(">room with spaces|payload")]
    [InlineData(">rööm|payload")]
    public async Task A_frame_that_cannot_name_a_room_reaches_nobody(string frame)
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.SendRawAsync(frame);
        await a.RelayAsync("present");
        await b.ExpectFrameAsync("present");
        Assert.All(a.All.Where(m => m.Type == "error"), error => Assert.Equal("bad-message", error.Code));
    }

    [Fact]
    public async Task Frames_sent_on_after_next_reach_nobody()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var old = a.Room;
        var c = await stage.SearcherAsync("c");
        await b.StartAsync();
        await Stage.MetAsync(b, c);
        for (var i = 0; i < 20; i++)
        {
            await a.RelayAsync($"late {i}", old);
        }
        await a.ExpectLeftAsync(old, "next");
        await c.RelayAsync("of the new room");
        await b.ExpectFrameAsync("of the new room");
        await b.RelayAsync("too");
        await c.ExpectFrameAsync("too");
    }

    [Fact]
    public async Task Neither_acknowledges_and_both_are_idle()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ack, 500));
        var (a, b) = await stage.PairAsync(options: Silent);
        await a.ExpectLeftAsync(a.Room, "unresponsive");
        await b.ExpectLeftAsync(b.Room, "unresponsive");
        await Stage.ExpectNothingAsync(a);
        await Stage.ExpectNothingAsync(b);
    }

    [Fact]
    public async Task The_one_who_acknowledges_is_put_back_the_other_is_idle()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ack, 500));
        var (a, b) = await stage.PairAsync(options: Silent);
        Assert.Equal(500, a.All[^1].Number("ackMs"));
        await a.AckAsync();
        await b.ExpectLeftAsync(b.Room, "unresponsive");
        await Stage.ExpectNothingAsync(b);
        await a.ExpectLeftAsync(a.Room, "unresponsive");
        var searching = await a.ExpectAsync("searching");
        Assert.True(searching.Is("requeued"));
        Assert.Equal("video", searching.Chat);
    }

    [Fact]
    public async Task The_survivor_goes_to_the_front()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ack, 500).With(Keys.Cooldown, 0));
        var silent = await stage.JoinAsync("silent", Silent);
        var earlier = await stage.JoinAsync("earlier");
        var survivor = await stage.JoinAsync("survivor");
        await Stage.MeetAndBlockAsync(earlier, survivor);
        await Stage.MeetAndBlockAsync(earlier, silent);
        await earlier.StartAsync();
        await earlier.ExpectAsync("searching");
        await survivor.StartAsync();
        await survivor.ExpectAsync("searching");
        await silent.StartAsync();
        await Stage.MetAsync(survivor, silent);
        await survivor.ExpectLeftAsync(survivor.Room, "unresponsive");
        Assert.True((await survivor.ExpectAsync("searching")).Is("requeued"));
        var newcomer = await stage.JoinAsync("newcomer");
        await newcomer.StartAsync();
        await Stage.MetAsync(newcomer, survivor);
    }

    [Fact]
    public async Task A_relay_frame_is_an_acknowledgement()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ack, 500));
        var (a, b) = await stage.PairAsync(options: Silent);
        await Stage.SettleAsync(a, b);
        // A pair that meets later and stays silent shows when the time of the first is over.
        var (c, _) = await stage.PairAsync("c", "d", options: Silent);
        await c.ExpectLeftAsync(c.Room, "unresponsive");
        await Stage.SettleAsync(a, b);
    }

    [Fact]
    public async Task Acknowledging_or_telling_of_another_room_is_ignored()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ack, 500));
        var (a, b) = await stage.PairAsync(options: Silent);
        for (var i = 0; i < 6; i++)
        {
            await a.AckAsync("another");
            await a.ConnectedAsync("another");
        }
        await b.AckAsync();
        await a.ExpectLeftAsync(a.Room, "unresponsive");
        await Stage.ExpectNothingAsync(a);
    }

    [Fact]
    public async Task Acknowledging_twice_and_telemetry_have_no_answer()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        await a.AckAsync();
        foreach (var candidate in new[] { "host", "srflx", "prflx", "relay" })
        {
            await a.ConnectedAsync(candidate: candidate, protocol: candidate == "relay" ? "tls" : "udp", ms: 412.5);
        }
        await a.ConnectedAsync(protocol: "tcp");
        await a.RelayAsync("still here");
        await b.ExpectFrameAsync("still here");
        await a.StopAsync();
        await Stage.ExpectNothingAsync(a);
    }

    [Fact]
    public async Task A_peer_lost_before_it_acknowledged_counts_as_unresponsive()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Ack, 800));
        var lost = await stage.SearcherAsync("lost", options: Silent);
        var left = await stage.JoinAsync("left");
        await left.StartAsync();
        await Stage.MetAsync(lost, left);
        await lost.DropAsync();
        await left.NextAsync(m => m.Type == "peer-left" && m.Reason == "unresponsive", "peer-left unresponsive");
        Assert.True((await left.ExpectAsync("searching")).Is("requeued"));
        var next = await stage.JoinAsync("next");
        await next.StartAsync();
        await Stage.MetAsync(next, left);
    }

    [Fact]
    public async Task Stop_before_acknowledging_tells_the_peer()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.PairAsync(options: Silent);
        await a.StopAsync();
        var left = await b.ExpectAsync("peer-left");
        Assert.Equal(b.Room, left.Room);
        await Stage.ExpectNothingAsync(a);
    }

    [Fact]
    public async Task Stop_during_the_handshake_leaves_both_in_order()
    {
        await using var stage = await StageAsync();
        for (var i = 0; i < 20; i++)
        {
            var a = await stage.SearcherAsync($"a{i}", "text");
            var b = await stage.JoinAsync($"b{i}");
            await Task.WhenAll(b.StartAsync("text"), a.StopAsync());
            // Either the stop won, and b waits, or the match did, and b hears that a left.
            var told = await b.NextAsync(m => m.Type is "searching" or "matched", "searching or matched");
            if (told.Type == "matched")
            {
                await b.NextAsync(m => m.Type == "peer-left", "peer-left after the match that stop ended");
            }
            await b.StopAsync();
            await b.StartAsync("audio");
            await b.NextAsync(m => m.Type == "searching" && m.Chat == "audio", "searching for audio");
            await b.StopAsync();
        }
    }
}
