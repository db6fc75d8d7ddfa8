using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task PeerIsToldOfAnAbsenceAndOfTheReturn()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await WaitHalfAsync(Options.AwayNoticeMs);
        await NothingMoreAsync(ann);
        await WaitOutAsync(Options.AwayNoticeMs / 2);
        Assert.Equal(room, (await ann.HearAsync<PeerAway>()).Room);
        await bob.ConnectAsync(room);
        Assert.Equal(room, (await ann.HearAsync<PeerBack>()).Room);
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task ShortAbsenceGoesUnnoticed()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await WaitHalfAsync(Options.AwayNoticeMs);
        await bob.ConnectAsync(room);
        await WaitOutAsync(Options.AwayNoticeMs);
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task GraceOverMeansGone()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await WaitOutAsync(Options.AwayNoticeMs);
        await ann.HearAsync<PeerAway>();
        await WaitOutAsync(Options.GraceMs - Options.AwayNoticeMs);
        await ann.HearPeerLeftAsync(room, LeaveReason.Gone);
        Assert.Equal(ClientState.Idle, (await bob.ConnectAsync(room)).State);
        await NothingMoreAsync(ann);
    }

    [Fact]
    public async Task BothAwayTooLongAndNothingIsLeft()
    {
        var (ann, bob, room) = await MeetAsync();
        ann.Drop();
        bob.Drop();
        await WaitOutAsync(Options.GraceMs);
        Assert.Equal(ClientState.Idle, (await ann.ConnectAsync(room)).State);
        Assert.Equal(ClientState.Idle, (await bob.ConnectAsync(room)).State);
        Assert.Equal(RelayOutcome.Stale, ann.Send(room, "anybody?"));
    }

    [Fact]
    public async Task QueuePlaceOutlivesADroppedConnection()
    {
        var ann = await ComeAsync("ann");
        ann.Start(likes: ["a"]);
        await ann.HearSearchingAsync(requeued: false);
        await Engine.PassAsync(TimeSpan.FromMilliseconds(20));
        var bob = await ComeAsync("bob");
        bob.Start(likes: ["b"]);
        await bob.HearSearchingAsync(requeued: false);
        ann.Drop();
        await Engine.PassAsync(TimeSpan.FromMilliseconds(20));
        Assert.Equal(ClientState.Searching, (await ann.ConnectAsync()).State);
        await Engine.SettleAsync();
        var cid = await ComeAsync("cid");
        cid.Start(likes: ["a", "b"]);
        await cid.HearMatchAsync(ann);
    }

    [Fact]
    public async Task WhoIsAwayIsNotMetUntilBack()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        ann.Drop();
        await Engine.SettleAsync();
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        await WaitOutAsync(2 * Options.PassIntervalMs);
        await NothingMoreAsync(bob);
        await ann.ConnectAsync();
        await ann.HearMatchAsync(bob);
    }

    [Fact]
    public async Task QueuePlaceIsLostWithTheGrace()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        ann.Drop();
        await WaitOutAsync(Options.GraceMs);
        Assert.Equal(ClientState.Idle, (await ann.ConnectAsync()).State);
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
    }

    [Fact]
    public async Task RoomThatEndedMeanwhileIsToldOnReturn()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        ann.Connection.Stop();
        await Engine.SettleAsync();
        Assert.Equal(ClientState.Idle, (await bob.ConnectAsync(room)).State);
        await bob.HearPeerLeftAsync(room, LeaveReason.Stop);
        await NothingMoreAsync(bob);
    }

    [Fact]
    public async Task WhoFellBackToTheQueueMeanwhileIsToldOnReturn()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        ann.Connection.Acknowledge(room);
        await Engine.SettleAsync();
        ann.Drop();
        await WaitOutAsync(Options.AckMs);
        await HearLostAsync(bob, room);
        Assert.Equal(ClientState.Searching, (await ann.ConnectAsync(room)).State);
        await ann.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await ann.HearSearchingAsync(requeued: true);
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearMatchAsync(ann);
    }

    [Fact]
    public async Task AbsenceIsToldToANewConnectionToo()
    {
        var (ann, bob, room) = await MeetAsync();
        bob.Drop();
        await WaitOutAsync(Options.AwayNoticeMs);
        await ann.HearAsync<PeerAway>();
        await ann.ConnectAsync(room);
        Assert.Equal(room, (await ann.HearAsync<PeerAway>()).Room);
        await bob.ConnectAsync(room);
        await ann.HearAsync<PeerBack>();
    }
}
