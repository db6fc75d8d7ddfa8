using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task BothAcknowledgeAndTheRoomLives()
    {
        var (ann, bob, room) = await MeetAsync();
        await WaitOutAsync(2 * Options.AckMs);
        await NothingMoreAsync(ann, bob);
        Assert.NotEqual(RelayOutcome.Stale, ann.Send(room, "still here"));
        await bob.HearFrameAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneAcknowledgesAndGoesBackToTheFront(bool ann)
    {
        var (a, b, room) = await MeetAsync(acknowledged: false);
        var (survivor, silent) = ann ? (a, b) : (b, a);
        survivor.Connection.Acknowledge(room);
        await WaitHalfAsync(Options.AckMs);
        await NothingMoreAsync(a, b);
        await WaitOutAsync(Options.AckMs / 2);
        await survivor.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await survivor.HearSearchingAsync(requeued: true);
        await silent.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await NothingMoreAsync(a, b);
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearMatchAsync(survivor);
    }

    [Fact]
    public async Task NeitherAcknowledgesAndBothAreIdle()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        await WaitOutAsync(Options.AckMs);
        await ann.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await bob.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await NothingMoreAsync(ann, bob);
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearSearchingAsync(requeued: false);
    }

    [Fact]
    public async Task SurvivorIsMetBeforeWhoCameLater()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        ann.Connection.Acknowledge(room);
        await WaitOutAsync(Options.AckMs);
        await ann.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await ann.HearSearchingAsync(requeued: true);
        await bob.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearMatchAsync(ann);
        await NothingMoreAsync(bob);
    }

    [Fact]
    public async Task FrameCountsAsAcknowledgement()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        ann.Send(room, "hello");
        bob.Send(room, "hello");
        await ann.HearFrameAsync();
        await bob.HearFrameAsync();
        await WaitOutAsync(2 * Options.AckMs);
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task AcknowledgingAnotherRoomCountsForNothing()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        ann.Connection.Acknowledge(RoomId.New());
        ann.Send(RoomId.New(), "hello");
        bob.Connection.Acknowledge(room);
        await WaitOutAsync(Options.AckMs);
        await ann.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await bob.HearPeerLeftAsync(room, LeaveReason.Unresponsive);
        await bob.HearSearchingAsync(requeued: true);
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task PeerLostBeforeBothAcknowledgedCountsAsUnresponsive()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        ann.Connection.Acknowledge(room);
        bob.Drop();
        await WaitOutAsync(Options.AckMs);
        await HearLostAsync(ann, room);
        await ann.HearSearchingAsync(requeued: true);
        await NothingMoreAsync(ann);
    }

    [Fact]
    public async Task NextBeforeTheAcknowledgementIsANext()
    {
        var (ann, bob, room) = await MeetAsync(acknowledged: false);
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        await bob.HearPeerLeftAsync(room, LeaveReason.Next);
        await WaitOutAsync(Options.AckMs);
        await NothingMoreAsync(ann, bob);
    }

    /// <summary>The peer is unresponsive; whether its absence was noticed before depends on the engine's numbers.</summary>
    private static async Task HearLostAsync(Stranger person, RoomId room)
    {
        var heard = await person.HearAnythingAsync();
        if (heard is PeerAway)
        {
            heard = await person.HearAnythingAsync();
        }
        Assert.Equal(new PeerLeft(room, LeaveReason.Unresponsive), heard);
    }
}
