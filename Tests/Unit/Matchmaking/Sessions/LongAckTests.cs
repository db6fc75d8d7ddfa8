using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Unit.Simulation;

namespace Camdiv.Tests.Unit.Matchmaking.Sessions;

/// <summary>A time to acknowledge that is longer than the grace: the peer is lost while this side may still answer.</summary>
public sealed class LongAckTests
{
    [Fact]
    public async Task SideWhosePeerIsLostMayStillAcknowledgeAndGoesBackToTheQueue()
    {
        var time = new ManualTimeProvider();
        using var engine = new EmbeddedMatchmaker(
            new MatchmakingOptions { AckMs = 60_000, GraceMs = 1_000 }, time, new NoReports());
        var (ann, bob) = (new Listener(), new Listener());
        var annConnection = await engine.ConnectAsync(new Arrival(new UserId("ann"), false, null), ann, default);
        var bobConnection = await engine.ConnectAsync(new Arrival(new UserId("bob"), false, null), bob, default);
        annConnection.Start(SearchRequest.ForAnyone(ChatType.Text));
        bobConnection.Start(SearchRequest.ForAnyone(ChatType.Text));
        var room = ann.Heard.OfType<Matched>().Single().Room;

        bobConnection.Detach();
        // Past Bob's grace and past the time after which a silent peer counts as lost: the timers must come to rest.
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(ann.Heard, message => message is PeerLeft);

        annConnection.Acknowledge(room);
        Assert.Equal(
            [new PeerLeft(room, LeaveReason.Unresponsive), new Searching(ChatType.Text, 1, true)],
            ann.Heard.TakeLast(2));
    }

    private sealed class Listener : IClientLink
    {
        public List<ServerEvent> Heard { get; } = [];

        public bool IsAlive => true;

        public bool Deliver(ServerEvent message)
        {
            Heard.Add(message);
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame) => true;

        public void Close(LinkCloseReason reason)
        {
        }
    }
}
