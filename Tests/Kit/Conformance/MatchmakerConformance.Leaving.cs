using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task WhoIsForgottenLeavesNothing()
    {
        var (ann, bob, room) = await MeetAsync();
        ann.Connection.Forget();
        await bob.HearPeerLeftAsync(room, LeaveReason.Stop);
        await Engine.SettleAsync();
        var welcome = await ann.ConnectAsync(room);
        Assert.Equal((ClientState.Idle, null), (welcome.State, welcome.Match));
        Assert.Null(await ann.Connection.ReportAsync(room, "why", default));
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task StopTakesOutOfTheQueue()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        ann.Connection.Stop();
        ann.Connection.Stop();
        await NothingMoreAsync(ann);
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        await NothingMoreAsync(ann);
    }

    [Fact]
    public async Task StopEndsTheRoomForBoth()
    {
        var (ann, bob, room) = await MeetAsync();
        ann.Connection.Stop();
        await bob.HearPeerLeftAsync(room, LeaveReason.Stop);
        await NothingMoreAsync(ann, bob);
        Assert.Equal(RelayOutcome.Stale, bob.Send(room, "too late"));
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearSearchingAsync(requeued: false);
    }

    [Fact]
    public async Task NextLeavesThePeerIdleAndMeetsAnother()
    {
        var (ann, bob, room) = await MeetAsync();
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearSearchingAsync(requeued: false);
        ann.Start();
        await ann.HearMatchAsync(cid);
        await bob.HearPeerLeftAsync(room, LeaveReason.Next);
        await NothingMoreAsync(ann, bob, cid);
    }

    [Fact]
    public async Task BothPressNextAtOnceAndMeetOthers()
    {
        var (ann, bob, room) = await MeetAsync();
        await Task.WhenAll(Task.Run(() => ann.Start()), Task.Run(() => bob.Start()));
        foreach (var person in (Stranger[])[ann, bob])
        {
            // Whoever came second may have heard that the other left.
            if (await person.HearAnythingAsync() is PeerLeft left)
            {
                Assert.Equal(new PeerLeft(room, LeaveReason.Next), left);
                await person.HearSearchingAsync(requeued: false);
            }
        }
        await NothingMoreAsync(ann, bob);
        var (cid, dan) = (await ComeAsync("cid"), await ComeAsync("dan"));
        cid.Start();
        var forCid = await cid.HearAsync<Matched>();
        dan.Start();
        var forDan = await dan.HearAsync<Matched>();
        var (a, b) = (await ann.HearAsync<Matched>(), await bob.HearAsync<Matched>());
        Assert.Equal(new[] { forCid.Self, forDan.Self }.Order(), new[] { a.Peer, b.Peer }.Order());
    }

    [Fact]
    public async Task StopDuringTheHandshakeLeavesNobodyInAnEmptyRoom()
    {
        var ann = await ComeAsync("ann");
        for (var round = 0; round < 25; round++)
        {
            ann.Start();
            await ann.HearSearchingAsync(requeued: false);
            var bob = await ComeAsync("bob");
            await Task.WhenAll(Task.Run(() => bob.Start()), Task.Run(ann.Connection.Stop));
            await Engine.SettleAsync();
            if (await bob.HearAnythingAsync() is Matched match)
            {
                await bob.HearPeerLeftAsync(match.Room, LeaveReason.Stop);
                Assert.Equal(match.Room, (await ann.HearAsync<Matched>()).Room);
            }
            else
            {
                bob.Connection.Stop();
            }
            await NothingMoreAsync(ann, bob);
        }
    }

    [Fact]
    public async Task LateWordsOfAnOldRoomDoNotTouchTheNewOne()
    {
        var (ann, bob, old) = await MeetAsync();
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        await ann.HearPeerLeftAsync(old, LeaveReason.Next);
        var cid = await ComeAsync("cid");
        cid.Start();
        var room = (await cid.HearAsync<Matched>()).Room;
        await bob.HearAsync<Matched>();
        bob.Connection.Acknowledge(room);
        cid.Connection.Acknowledge(room);
        Assert.Equal(RelayOutcome.Stale, bob.Send(old, "late"));
        Assert.Equal(RelayOutcome.Stale, ann.Send(old, "late"));
        ann.Connection.Stop();
        ann.Drop();
        await WaitOutAsync(Options.GraceMs + Options.AckMs);
        await NothingMoreAsync(bob, cid);
    }

    [Fact]
    public async Task IsInRoomKnowsThePresentRoomOnly()
    {
        var (ann, bob, room) = await MeetAsync();
        Assert.True(ann.Connection.IsInRoom(room));
        Assert.False(ann.Connection.IsInRoom(RoomId.New()));
        bob.Connection.Stop();
        await ann.HearPeerLeftAsync(room, LeaveReason.Stop);
        Assert.False(ann.Connection.IsInRoom(room));
        Assert.False(bob.Connection.IsInRoom(room));
    }
}
