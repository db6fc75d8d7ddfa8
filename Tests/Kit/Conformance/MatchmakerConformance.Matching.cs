using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task WhoFindsNobodySearches()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        Assert.Equal(new Searching(ChatType.Video, 1, false), await ann.HearAsync<Searching>());
        await NothingMoreAsync(ann);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TwoAreToldOfEachOther(bool annFirst)
    {
        var ann = await ComeAsync("ann");
        var bob = await ComeAsync("bob");
        var (first, second) = annFirst ? (ann, bob) : (bob, ann);
        first.Start(likes: ["Chess ", "tea"], chat: ChatType.Audio);
        await first.HearSearchingAsync(requeued: false);
        second.Start(likes: ["rum", "CHESS"], chat: ChatType.Audio);
        var (a, b) = (await ann.HearAsync<Matched>(), await bob.HearAsync<Matched>());
        Assert.Equal(a.Room, b.Room);
        Assert.Equal((b.Self, a.Self), (a.Peer, b.Peer));
        var smaller = string.CompareOrdinal(a.Self.Value, a.Peer.Value) < 0;
        Assert.Equal((smaller, !smaller), (a.Initiator, b.Initiator));
        Assert.Equal((ChatType.Audio, ChatType.Audio), (a.Chat, b.Chat));
        Assert.Equal("chess", Assert.Single(a.Common));
        Assert.Equal("chess", Assert.Single(b.Common));
        Assert.InRange(a.AckMs, Options.AckMs / 2, Options.AckMs);
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task ChatTypesDoNotMix()
    {
        var people = await Task.WhenAll(ComeAsync("ann"), ComeAsync("bob"), ComeAsync("cid"));
        for (var i = 0; i < people.Length; i++)
        {
            people[i].Start(chat: (ChatType)i);
            Assert.Equal((ChatType)i, (await people[i].HearSearchingAsync(requeued: false)).Chat);
        }
        await WaitOutAsync(2 * Options.PassIntervalMs);
        await NothingMoreAsync(people);
    }

    [Fact]
    public async Task StartingAgainKeepsThePlace()
    {
        var ann = await ComeAsync("ann");
        var bob = await ComeAsync("bob");
        ann.Start(likes: ["a"]);
        await ann.HearSearchingAsync(requeued: false);
        await Engine.PassAsync(TimeSpan.FromMilliseconds(20));
        bob.Start(likes: ["b"]);
        await bob.HearSearchingAsync(requeued: false);
        await Engine.PassAsync(TimeSpan.FromMilliseconds(20));
        ann.Start(likes: ["a", "c"]);
        await ann.HearSearchingAsync(requeued: false);
        var cid = await ComeAsync("cid");
        cid.Start(likes: ["b", "c"]);
        await cid.HearMatchAsync(ann);
    }

    [Fact]
    public async Task StartingAnotherChatMovesThere()
    {
        var ann = await ComeAsync("ann");
        ann.Start(chat: ChatType.Video);
        await ann.HearSearchingAsync(requeued: false);
        ann.Start(chat: ChatType.Text);
        Assert.Equal(ChatType.Text, (await ann.HearSearchingAsync(requeued: false)).Chat);
        var bob = await ComeAsync("bob");
        bob.Start(chat: ChatType.Video);
        await bob.HearSearchingAsync(requeued: false);
        bob.Start(chat: ChatType.Text);
        await ann.HearAsync<Matched>();
    }

    [Fact]
    public async Task WhoHoldsOutTakesAnyoneAfterThePatience()
    {
        var ann = await ComeAsync("ann");
        ann.Start(likes: ["chess"]);
        await ann.HearSearchingAsync(requeued: false);
        var bob = await ComeAsync("bob");
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        await WaitHalfAsync(Options.PatienceMs);
        await NothingMoreAsync(ann, bob);
        await WaitOutAsync((Options.PatienceMs / 2) + (2 * Options.PassIntervalMs));
        await ann.HearMatchAsync(bob);
    }

    [Fact]
    public async Task LastPartnerComesBackOnlyAfterTheCooldown()
    {
        var (ann, bob, room) = await MeetAsync();
        ann.Start();
        await bob.HearPeerLeftAsync(room, LeaveReason.Next);
        bob.Start();
        await ann.HearSearchingAsync(requeued: false);
        await bob.HearSearchingAsync(requeued: false);
        await WaitHalfAsync(Options.CooldownMs);
        await NothingMoreAsync(ann, bob);
        await WaitOutAsync((Options.CooldownMs / 2) + (2 * Options.PassIntervalMs));
        Assert.NotEqual(room, (await ann.HearMatchAsync(bob)).Room);
    }

    [Fact]
    public async Task NobodyIsKnownAgain()
    {
        var (ann, bob, room) = await MeetAsync();
        var seen = new HashSet<string> { ann.Id.Value, bob.Id.Value };
        for (var i = 0; i < 3; i++)
        {
            Assert.True(seen.Add(ann.Match!.Self.Value) && seen.Add(ann.Match.Peer.Value), "an id of an earlier room, or a user's");
            ann.Start();
            await bob.HearPeerLeftAsync(room, LeaveReason.Next);
            bob.Start();
            await ann.HearSearchingAsync(requeued: false);
            await bob.HearSearchingAsync(requeued: false);
            await WaitOutAsync(Options.CooldownMs + (2 * Options.PassIntervalMs));
            room = (await ann.HearMatchAsync(bob)).Room;
        }
    }

    [Fact]
    public async Task DeadSocketIsNeverMet()
    {
        var ann = await ComeAsync("ann");
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        ann.Break();
        var bob = await ComeAsync("bob");
        bob.Start();
        Assert.True((await bob.HearAsync<Searching>()).Requeued);
        await NothingMoreAsync(bob);
        var cid = await ComeAsync("cid");
        cid.Start();
        await cid.HearMatchAsync(bob);
    }
}
