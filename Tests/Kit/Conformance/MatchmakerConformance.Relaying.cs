using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task FramesArriveByteForByteAndInOrder()
    {
        var (ann, bob, room) = await MeetAsync();
        for (var i = 0; i < 100; i++)
        {
            Assert.NotEqual(RelayOutcome.Stale, ann.Send(room, $"{i} {{\"text\":\"gr\u00fc\u00df dich\"}}"));
            Assert.NotEqual(RelayOutcome.Stale, bob.Send(room, $"{i}"));
        }
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($">{room}|{i} {{\"text\":\"gr\u00fc\u00df dich\"}}", await bob.HearFrameAsync());
            Assert.Equal($">{room}|{i}", await ann.HearFrameAsync());
        }
    }

    [Fact]
    public async Task FrameOfAnotherRoomGoesNowhere()
    {
        var (ann, bob, room) = await MeetAsync();
        Assert.Equal(RelayOutcome.Stale, ann.Send(RoomId.New(), "lost"));
        Assert.Equal(RelayOutcome.Stale, ann.Send(new RoomId(room.Value[..^1]), "lost"));
        var cid = await ComeAsync("cid");
        Assert.Equal(RelayOutcome.Stale, cid.Send(room, "intruder"));
        await NothingMoreAsync(ann, bob, cid);
    }

    [Fact]
    public async Task FramesSentBeforeLeavingNeverFollowTheLeaving()
    {
        var (ann, bob, room) = await MeetAsync();
        for (var i = 0; i < 20; i++)
        {
            ann.Send(room, $"{i}");
        }
        ann.Connection.Stop();
        Assert.Equal(RelayOutcome.Stale, ann.Send(room, "too late"));
        var frames = 0;
        while (await bob.HearAnythingAsync() is string frame)
        {
            Assert.Equal($">{room}|{frames++}", frame);
        }
        await NothingMoreAsync(bob);
    }

    [Fact]
    public async Task FramesWaitForWhoIsAway()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await Engine.SettleAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.NotEqual(RelayOutcome.Stale, ann.Send(room, $"{i}"));
        }
        await Engine.SettleAsync();
        Assert.Equal(room, (await bob.ConnectAsync(room)).Match?.Room);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($">{room}|{i}", await bob.HearFrameAsync());
        }
        ann.Send(room, "live again");
        Assert.Equal($">{room}|live again", await bob.HearFrameAsync());
    }

    [Fact]
    public async Task OldestFramesGoWhenTooManyWait()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await Engine.SettleAsync();
        var sent = Options.AwayFrames + 7;
        for (var i = 0; i < sent; i++)
        {
            ann.Send(room, $"{i}");
        }
        await Engine.SettleAsync();
        await bob.ConnectAsync(room);
        for (var i = sent - Options.AwayFrames; i < sent; i++)
        {
            Assert.Equal($">{room}|{i}", await bob.HearFrameAsync());
        }
        await NothingMoreAsync(bob);
    }

    [Fact]
    public async Task OldestFramesGoWhenTooManyBytesWait()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await Engine.SettleAsync();
        var half = new string('x', (Options.AwayBytes / 2) - 100);
        ann.Send(room, $"0{half}");
        ann.Send(room, $"1{half}");
        ann.Send(room, $"2{half}");
        await Engine.SettleAsync();
        await bob.ConnectAsync(room);
        Assert.StartsWith($">{room}|1", await bob.HearFrameAsync(), StringComparison.Ordinal);
        Assert.StartsWith($">{room}|2", await bob.HearFrameAsync(), StringComparison.Ordinal);
        await NothingMoreAsync(bob);
    }
}
