using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task FirstThingToldIsWhoOneIs()
    {
        var ann = new Stranger(UserId.New(), Engine.Gateways[0]);
        var welcome = await ann.ConnectAsync();
        Assert.Equal(new Welcome(ann.Id, false, ClientState.Idle, null, null, Options.GraceMs), welcome);
        ann.Drop();
    }

    [Fact]
    public async Task ResumedSearcherIsToldSo()
    {
        var ann = await ComeAsync("ann");
        ann.Start(chat: ChatType.Audio);
        await ann.HearSearchingAsync(requeued: false);
        ann.Drop();
        var welcome = await ann.ConnectAsync();
        Assert.Equal(new Welcome(ann.Id, true, ClientState.Searching, ChatType.Audio, null, Options.GraceMs), welcome);
    }

    [Fact]
    public async Task ResumedMemberIsToldOfTheRoom()
    {
        var (ann, bob, room) = await MeetAsync();
        ann.Drop();
        var welcome = await ann.ConnectAsync(room);
        Assert.Equal(ClientState.InRoom, welcome.State);
        Assert.NotNull(welcome.Match);
        var told = ann.Match!;
        Assert.Equal((bob.Match!.Self, bob.Match.Peer), (told.Peer, told.Self));
        Assert.Equal(
            (room, told.Self, told.Peer, told.Initiator, 0),
            (welcome.Match.Room, welcome.Match.Self, welcome.Match.Peer, welcome.Match.Initiator, welcome.Match.AckMs));
    }

    [Fact]
    public async Task ResumedMemberHasOnlyTheRestOfTheTimeToAcknowledge()
    {
        var (ann, _, _) = await MeetAsync(acknowledged: false);
        await WaitHalfAsync(Options.AckMs);
        ann.Drop();
        var welcome = await ann.ConnectAsync();
        Assert.InRange(welcome.Match!.AckMs, 1, (Options.AckMs / 2) + 1);
    }

    [Fact]
    public async Task NewerConnectionReplacesTheOlder()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        var (old, oldLink) = (ann.Connection, ann.PresentLink);
        var welcome = await ann.ConnectAsync();
        Assert.Equal(ClientState.Searching, welcome.State);
        Assert.Equal(LinkCloseReason.Replaced, await oldLink.Closed.WaitAsync(TimeSpan.FromSeconds(10)));
        // Nothing the old one still says may disturb the new one.
        old.Stop();
        old.Detach();
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearAsync<Matched>();
        await ann.HearAsync<Matched>();
    }

    [Fact]
    public async Task ReplacedMemberKeepsTheRoom()
    {
        var (ann, bob, room) = await MeetAsync();
        var old = ann.Connection;
        await ann.ConnectAsync(room);
        Assert.Equal(RelayOutcome.Stale, old.Relay("x"u8, ">x|"u8));
        bob.Send(room, "to the new one");
        Assert.Equal($">{room}|to the new one", await ann.HearFrameAsync());
        ann.Send(room, "from the new one");
        Assert.Equal($">{room}|from the new one", await bob.HearFrameAsync());
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task ReplacedBeforeTheBrokenSocketIsNoticedStillMeetsPeople()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        ann.Break();
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: true);
        Assert.Equal(ClientState.Searching, (await ann.ConnectAsync()).State);
        await ann.HearAsync<Matched>();
        await bob.HearAsync<Matched>();
    }

    [Fact]
    public async Task DetachedHandleDoesNothing()
    {
        var ann = await ComeAsync("ann");
        ann.Drop();
        var old = ann.Connection;
        await ann.ConnectAsync();
        old.Start(SearchRequest.ForAnyone(ChatType.Video));
        old.Detach();
        await NothingMoreAsync(ann);
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
    }
}
