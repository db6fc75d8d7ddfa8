using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Rooms;

/// <summary>One member's end of a room: keeps what it must, in order and within bounds, and nothing after the end.</summary>
public sealed class RelayInboxTests
{
    private readonly RelayCounters _counters = new();
    private readonly FrameLink _link = new();

    [Fact]
    public void KeepsUntilOpenedThenPassesThrough()
    {
        var inbox = Inbox();
        Assert.Equal(RelayOutcome.Kept, Accept(inbox, "a"));
        Assert.Equal(RelayOutcome.Kept, Accept(inbox, "b"));
        inbox.Open(_link);
        Assert.Equal(RelayOutcome.Delivered, Accept(inbox, "c"));
        Assert.Equal(["a", "b", "c"], _link.Frames);
    }

    [Fact]
    public void AllTogetherKeepNoMoreThanTheProcessMay()
    {
        var counters = new RelayCounters(1_000);
        var inboxes = Enumerable.Range(0, 20).Select(_ => new RelayInbox(new("r"), 64, 1_000, counters)).ToArray();
        foreach (var inbox in inboxes.Concat(inboxes))
        {
            inbox.Accept(new byte[90]);
            Assert.InRange(counters.Kept.Bytes, 1, 1_000);
        }
        // Those who have something kept give up their own oldest, the others keep nothing: nobody takes another's.
        Assert.Equal((990L, 29L), (counters.Kept.Bytes, counters.KeptRefused));
        inboxes[0].Open(_link);
        Assert.Single(_link.Frames);
        inboxes[1].Close();
        Assert.Single(inboxes[2].CloseAndTake());
        Assert.Equal(720, counters.Kept.Bytes);
        Array.ForEach(inboxes, inbox => inbox.Close());
        Assert.Equal(0, counters.Kept.Bytes);
    }

    [Fact]
    public void OneNetworkKeepsNoMoreThanItsShare()
    {
        var counters = new RelayCounters(8_000);
        foreach (var _ in Enumerable.Range(0, 100))
        {
            new RelayInbox(new("r"), 64, 1_000, counters, new AddressPrefix(1)).Accept(new byte[90]);
        }
        Assert.InRange(counters.Kept.Bytes, 900, 1_000);
        var other = new RelayInbox(new("r"), 64, 1_000, counters, new AddressPrefix(2));
        Assert.Equal(RelayOutcome.Kept, Accept(other, "a"));
        other.Open(_link);
        Assert.Equal(["a"], _link.Frames);
    }

    [Fact]
    public void KeepsAgainWhileHeld()
    {
        var inbox = Inbox();
        inbox.Open(_link);
        inbox.Hold();
        Assert.Equal(RelayOutcome.Kept, Accept(inbox, "a"));
        Assert.Empty(_link.Frames);
        inbox.Open(_link);
        Assert.Equal(["a"], _link.Frames);
    }

    [Fact]
    public void FrameThatALinkRefusesIsKeptForTheNext()
    {
        var inbox = Inbox();
        inbox.Open(_link);
        _link.Open = false;
        Assert.Equal(RelayOutcome.Kept, Accept(inbox, "a"));
        inbox.Open(_link);
        Assert.Equal(RelayOutcome.Kept, Accept(inbox, "b"));
        var next = new FrameLink();
        inbox.Open(next);
        Assert.Equal(["a", "b"], next.Frames);
    }

    [Fact]
    public void LinkThatClosesMidwayLosesNothing()
    {
        var inbox = Inbox();
        Accept(inbox, "a");
        Accept(inbox, "b");
        Accept(inbox, "c");
        _link.ClosesAfter = 1;
        inbox.Open(_link);
        var next = new FrameLink();
        inbox.Open(next);
        Assert.Equal(["a"], _link.Frames);
        Assert.Equal(["b", "c"], next.Frames);
    }

    [Fact]
    public void OldestGoFirstBeyondTheFrameBound()
    {
        var inbox = Inbox(frames: 2);
        Accept(inbox, "a");
        Accept(inbox, "b");
        Accept(inbox, "c");
        inbox.Open(_link);
        Assert.Equal(["b", "c"], _link.Frames);
        Assert.Equal(1, _counters.AwayDropped);
    }

    [Fact]
    public void OldestGoFirstBeyondTheByteBound()
    {
        var inbox = Inbox(bytes: 5);
        Accept(inbox, "aa");
        Accept(inbox, "bb");
        Accept(inbox, "cc");
        Accept(inbox, "dddddd");
        Accept(inbox, "ee");
        inbox.Open(_link);
        Assert.Equal(["ee"], _link.Frames);
        Assert.Equal(4, _counters.AwayDropped);
    }

    [Fact]
    public void NothingPassesOnceClosed()
    {
        var inbox = Inbox();
        Accept(inbox, "a");
        inbox.Close();
        Assert.Equal(RelayOutcome.Stale, Accept(inbox, "b"));
        inbox.Open(_link);
        Assert.Equal(RelayOutcome.Stale, Accept(inbox, "c"));
        Assert.Empty(_link.Frames);
    }

    [Fact]
    public void KeptFramesMoveToAnotherInboxInOrder()
    {
        var inbox = Inbox();
        Accept(inbox, "a");
        Accept(inbox, "b");
        var other = Inbox();
        other.Preload(inbox.CloseAndTake(), inbox.Heard);
        Accept(other, "c");
        other.Open(_link);
        Assert.Equal(["a", "b", "c"], _link.Frames);
        Assert.Equal(RelayOutcome.Stale, Accept(inbox, "late"));
    }

    private RelayInbox Inbox(int frames = 10, int bytes = 1_000) => new(new("r"), frames, bytes, _counters);

    private static RelayOutcome Accept(RelayInbox inbox, string text) => inbox.Accept(Encoding.ASCII.GetBytes(text));

    private sealed class FrameLink : IClientLink
    {
        public List<string> Frames { get; } = [];

        public bool Open { get; set; } = true;

        public int ClosesAfter { get; set; } = int.MaxValue;

        public bool IsAlive => Open;

        public bool Deliver(ServerEvent message) => Open;

        public bool DeliverFrame(ReadOnlySpan<byte> frame)
        {
            Open &= Frames.Count < ClosesAfter;
            if (Open)
            {
                Frames.Add(Encoding.ASCII.GetString(frame));
            }
            return Open;
        }

        public void Close(LinkCloseReason reason) => Open = false;
    }
}
