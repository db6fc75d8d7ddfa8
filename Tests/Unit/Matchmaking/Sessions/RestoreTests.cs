using Camdiv.Matchmaking;
using Camdiv.Tests.Kit.Conformance;
using Camdiv.Tests.Unit.Matchmaking.Embedded;

namespace Camdiv.Tests.Unit.Matchmaking.Sessions;

/// <summary>A process dies and another starts from its copy: everyone finds queue place, room and blocks again.</summary>
public sealed class RestoreTests : IDisposable
{
    private readonly EmbeddedScript _before = new();
    private readonly EmbeddedScript _after = new();
    private readonly Dictionary<UserId, SessionSnapshot> _copy = [];

    public RestoreTests() => _before.Engine.TakeSessionChanges([]);

    public void Dispose()
    {
        _before.Dispose();
        _after.Dispose();
    }

    [Fact]
    public async Task SearcherKeepsThePlace()
    {
        var ann = await _before.ComeAsync("ann");
        ann.Start(likes: ["a"], speaks: ["de-AT"], chat: ChatType.Text);
        _before.Pass(50);
        var bob = await _before.ComeAsync("bob");
        bob.Start(likes: ["b"], chat: ChatType.Text);
        Assert.Equal((2, 0), Crash());

        var annAgain = _after.Person("ann");
        var welcome = await annAgain.ConnectAsync();
        Assert.Equal((ClientState.Searching, ChatType.Text), (welcome.State, welcome.Chat));
        await _after.Person("bob").ConnectAsync();
        var cid = await _after.ComeAsync("cid");
        cid.Start(likes: ["a", "b"], chat: ChatType.Text);
        Assert.Equal("a", Assert.Single((await cid.HearMatchAsync(annAgain)).Common));
    }

    [Fact]
    public async Task SearcherIsNotMetBeforeComingBack()
    {
        (await _before.ComeAsync("ann")).Start();
        Assert.Equal((1, 0), Crash());
        var bob = await _after.ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        var ann = _after.Person("ann");
        await ann.ConnectAsync();
        await ann.HearMatchAsync(bob);
    }

    [Fact]
    public async Task RoomComesBackWithBothMembers()
    {
        var former = await _before.ComeAsync("ann");
        var room = await _before.MeetAsync(former, await _before.ComeAsync("bob"));
        Assert.Equal((0, 2), Crash());

        var (ann, bob) = (_after.Person("ann"), _after.Person("bob"));
        var welcome = await ann.ConnectAsync(room);
        Assert.Equal((ClientState.InRoom, room), (welcome.State, welcome.Match?.Room));
        var (told, again) = (former.Match!, welcome.Match!);
        Assert.Equal((told.Self, told.Peer, told.Initiator), (again.Self, again.Peer, again.Initiator));
        ann.Send(room, "are you back?");
        Assert.Equal(!told.Initiator, (await bob.ConnectAsync(room)).Match!.Initiator);
        Assert.Equal($">{room}|are you back?", await bob.HearFrameAsync());
        bob.Send(room, "yes");
        Assert.Equal($">{room}|yes", await ann.HearFrameAsync());
        _after.Pass(_after.Options.GraceMs * 2);
        ann.HeardNothingMore();
        bob.HeardNothingMore();
        Assert.Equal(1, (await _after.Engine.GetStatsAsync(default)).Rooms);
    }

    [Fact]
    public async Task MemberWhosePeerStaysAwayIsTold()
    {
        var room = await _before.MeetAsync(await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        Crash();
        var ann = _after.Person("ann");
        await ann.ConnectAsync(room);
        _after.Pass(_after.Options.AwayNoticeMs + 1);
        Assert.Equal(room, (await ann.HearAsync<PeerAway>()).Room);
        _after.Pass(_after.Options.GraceMs);
        await ann.HearPeerLeftAsync(room, LeaveReason.Gone);
        ann.HeardNothingMore();
    }

    [Fact]
    public async Task RoomWithOneMemberMissingFromTheCopySendsTheOtherBackToTheQueue()
    {
        await _before.MeetAsync(await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        Assert.Equal((1, 0), Crash(without: "bob"));
        var ann = _after.Person("ann");
        Assert.Equal(ClientState.Searching, (await ann.ConnectAsync()).State);
        var cid = await _after.ComeAsync("cid");
        cid.Start();
        await cid.HearMatchAsync(ann);
    }

    [Fact]
    public async Task RoomThatOnlyOneCopyKnowsIsNotRestored()
    {
        await _before.MeetAsync(await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        _before.Save(_copy);
        var bob = new UserId("bob");
        _copy[bob] = _copy[bob] with { Room = _copy[bob].Room! with { Peer = "eve" } };
        Assert.Equal((2, 0), _after.Engine.RestoreSessions(_copy.Values));
        Assert.Equal(ClientState.Searching, (await _after.Person("ann").ConnectAsync()).State);
        Assert.Equal(ClientState.Searching, (await _after.Person("bob").ConnectAsync()).State);
    }

    [Fact]
    public async Task LastPartnerIsRememberedForBlockAndCooldown()
    {
        var (ann, bob) = (await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        var room = await _before.MeetAsync(ann, bob);
        ann.Connection.Stop();
        Assert.Equal((0, 0), Crash());

        var (annAgain, bobAgain) = (await _after.ComeAsync("ann"), await _after.ComeAsync("bob"));
        annAgain.Start();
        bobAgain.Start();
        await annAgain.HearSearchingAsync(requeued: false);
        await bobAgain.HearSearchingAsync(requeued: false);
        Assert.NotNull(await bobAgain.Connection.ReportAsync(room, "late report", default));
        Assert.True(annAgain.Connection.Block(room));
        _after.Pass(_after.Options.CooldownMs * 2);
        annAgain.HeardNothingMore();
        bobAgain.HeardNothingMore();
    }

    [Fact]
    public async Task WhoNeverComesBackIsForgottenAfterTheGrace()
    {
        (await _before.ComeAsync("eve")).Start(likes: ["x"]);
        await _before.MeetAsync(await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        Assert.Equal((1, 2), Crash());
        Assert.Equal(new MatchmakerStats(0, 1, 0, 0, 1), await _after.Engine.GetStatsAsync(default));
        _after.Pass(_after.Options.GraceMs + 1);
        Assert.Equal(default, await _after.Engine.GetStatsAsync(default));
        _after.Save(_copy);
        Assert.Empty(_copy);
    }

    [Fact]
    public async Task WhatEndedIsTakenOutOfTheCopy()
    {
        var ann = await _before.ComeAsync("ann");
        _before.Save(_copy);
        Assert.Empty(_copy);
        ann.Start();
        _before.Save(_copy);
        Assert.NotNull(Assert.Single(_copy.Values).Ticket);
        _before.Save(_copy);
        Assert.Single(_copy);
        ann.Connection.Stop();
        _before.Save(_copy);
        Assert.Empty(_copy);
    }

    [Fact]
    public async Task TwoGenerationsOfTheCopyAreTheSame()
    {
        (await _before.ComeAsync("eve")).Start(likes: ["x", "y"], speaks: ["en"]);
        await _before.MeetAsync(await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        Crash();
        var second = new Dictionary<UserId, SessionSnapshot>();
        _after.Save(second);
        Assert.Equal(_copy.Keys.Order(), second.Keys.Order());
        var (one, other) = (_copy[new("eve")].Ticket!, second[new("eve")].Ticket!);
        Assert.Equal(one.Interests, other.Interests);
        Assert.Equal((one.Chat, one.SinceMs, one.Front), (other.Chat, other.SinceMs, other.Front));
        var (room, again) = (_copy[new("ann")].Room!, second[new("ann")].Room!);
        Assert.Equal((room.Room, room.Peer, room.Seat, room.PeerSeat, room.Chat), (again.Room, again.Peer, again.Seat, again.PeerSeat, again.Chat));
    }

    [Fact]
    public async Task A_wall_clock_that_was_set_back_changes_no_order_and_keeps_nobody_apart_for_longer()
    {
        _before.Pass(3_600_000);
        var (eve, fox) = (await _before.ComeAsync("eve"), await _before.ComeAsync("fox"));
        await _before.MeetAsync(eve, fox);
        eve.Connection.Stop();
        // Bob is written before Ann, who has waited longer.
        var bobs = await _before.ComeAsync("bob");
        var anns = await _before.ComeAsync("ann");
        anns.Start(likes: ["a"]);
        _before.Pass(50);
        bobs.Start(likes: ["b"]);
        // The other engine's clock shows an hour before.
        Assert.Equal((2, 0), Crash());

        await _after.Person("bob").ConnectAsync();
        var annAgain = _after.Person("ann");
        await annAgain.ConnectAsync();
        var cid = await _after.ComeAsync("cid");
        cid.Start(likes: ["a", "b"]);
        await cid.HearMatchAsync(annAgain);
        var (eveAgain, foxAgain) = (await _after.ComeAsync("eve"), await _after.ComeAsync("fox"));
        eveAgain.Start(chat: ChatType.Text);
        await eveAgain.HearSearchingAsync(requeued: false);
        foxAgain.Start(chat: ChatType.Text);
        await foxAgain.HearSearchingAsync(requeued: false);
        _after.Pass(_after.Options.CooldownMs + _after.Options.PassIntervalMs);
        await foxAgain.HearMatchAsync(eveAgain);
    }

    [Fact]
    public async Task CopyThatNamesAUserTwiceTakesTheLaterWord()
    {
        (await _before.ComeAsync("ann")).Start(chat: ChatType.Video);
        _before.Save(_copy);
        var video = _copy[new("ann")];
        var text = video with { Ticket = video.Ticket! with { Chat = ChatType.Text } };
        Assert.Equal((1, 0), _after.Engine.RestoreSessions([video, text]));
        Assert.Equal(ChatType.Text, (await _after.Person("ann").ConnectAsync()).Chat);
    }

    [Fact]
    public async Task WishesThatAreNoLongerValidBecomeAnyone()
    {
        (await _before.ComeAsync("ann")).Start();
        _before.Save(_copy);
        var ann = new UserId("ann");
        _copy[ann] = _copy[ann] with { Ticket = _copy[ann].Ticket! with { Interests = [new string('x', 99)] } };
        Assert.Equal((1, 0), _after.Engine.RestoreSessions(_copy.Values));
        var annAgain = _after.Person("ann");
        await annAgain.ConnectAsync();
        var bob = await _after.ComeAsync("bob");
        bob.Start();
        await bob.HearMatchAsync(annAgain);
    }

    [Fact]
    public async Task BlocksComeBack()
    {
        var (ann, bob) = (await _before.ComeAsync("ann"), await _before.ComeAsync("bob"));
        var room = await _before.MeetAsync(ann, bob);
        Assert.True(ann.Connection.Block(room));
        var blocks = new List<(UserId, UserId[])>();
        _before.Engine.TakeBlockChanges(blocks);
        var (blocker, blocked) = Assert.Single(blocks);
        Assert.Equal((ann.Id, bob.Id), (blocker, Assert.Single(blocked)));

        _after.Engine.RestoreBlocks(blocks);
        await NeverMeetAsync(await _after.ComeAsync("ann"), await _after.ComeAsync("bob"));
    }

    [Fact]
    public async Task BlocksOfARestoredSearcherHold()
    {
        (await _before.ComeAsync("ann")).Start();
        _before.Save(_copy);
        _after.Engine.RestoreBlocks([(new UserId("ann"), [new UserId("bob")])]);
        Assert.Equal((1, 0), _after.Engine.RestoreSessions(_copy.Values));
        await _after.Person("ann").ConnectAsync();
        var bob = await _after.ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        _after.Pass(20_000);
        bob.HeardNothingMore();
    }

    private async Task NeverMeetAsync(Stranger one, Stranger other)
    {
        one.Start();
        await one.HearSearchingAsync(requeued: false);
        other.Start();
        await other.HearSearchingAsync(requeued: false);
        _after.Pass(_after.Options.CooldownMs * 2);
        one.HeardNothingMore();
        other.HeardNothingMore();
    }

    /// <summary>The first engine is gone; the second starts from what was copied.</summary>
    private (int Searching, int InRooms) Crash(string? without = null)
    {
        _before.Save(_copy);
        if (without is not null)
        {
            Assert.True(_copy.Remove(new UserId(without)));
        }
        return _after.Engine.RestoreSessions(_copy.Values);
    }
}
