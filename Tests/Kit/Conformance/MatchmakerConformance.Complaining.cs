using Camdiv.Matchmaking;
using Xunit;

namespace Camdiv.Tests.Kit.Conformance;

public abstract partial class MatchmakerConformance
{
    [Fact]
    public async Task BlockingThePresentPeerEndsTheRoom()
    {
        var (ann, bob, room) = await MeetAsync();
        Assert.True(ann.Connection.Block(room));
        await ann.HearPeerLeftAsync(room, LeaveReason.Blocked);
        await bob.HearPeerLeftAsync(room, LeaveReason.Stop);
        await NothingMoreAsync(ann, bob);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BlockedPairNeverMeetsAgain(bool presentRoom)
    {
        var (ann, bob, room) = await MeetAsync();
        if (!presentRoom)
        {
            bob.Connection.Stop();
            await ann.HearPeerLeftAsync(room, LeaveReason.Stop);
        }
        Assert.True(ann.Connection.Block(room));
        if (presentRoom)
        {
            await ann.HearPeerLeftAsync(room, LeaveReason.Blocked);
            await bob.HearPeerLeftAsync(room, LeaveReason.Stop);
        }
        await NeverMeetAsync(ann, bob);
    }

    [Fact]
    public async Task BlockOutlivesTheSession()
    {
        var (ann, bob, room) = await MeetAsync();
        Assert.True(ann.Connection.Block(room));
        await bob.HearPeerLeftAsync(room, LeaveReason.Stop);
        ann.Drop();
        await WaitOutAsync(Options.GraceMs);
        await ann.ConnectAsync();
        await NeverMeetAsync(ann, bob);
    }

    [Fact]
    public async Task BlockMadeWhileSearchingCounts()
    {
        var (ann, bob, room) = await MeetAsync();
        ann.Start();
        await bob.HearPeerLeftAsync(room, LeaveReason.Next);
        await ann.HearSearchingAsync(requeued: false);
        Assert.True(ann.Connection.Block(room));
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        await WaitOutAsync(Options.CooldownMs + (2 * Options.PassIntervalMs));
        await NothingMoreAsync(ann, bob);
    }

    [Fact]
    public async Task OnlyThePresentOrLastPeerCanBeBlockedOrReported()
    {
        var (ann, bob, room) = await MeetAsync();
        Assert.False(ann.Connection.Block(RoomId.New()));
        Assert.Null(await ann.Connection.ReportAsync(RoomId.New(), "why", default));
        var cid = await ComeAsync("cid");
        Assert.False(cid.Connection.Block(room));
        Assert.Null(await cid.Connection.ReportAsync(room, "why", default));
        await NothingMoreAsync(ann, bob, cid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReportIsRecorded(bool presentRoom)
    {
        var (ann, bob, room) = await MeetAsync();
        if (!presentRoom)
        {
            bob.Connection.Stop();
            await ann.HearPeerLeftAsync(room, LeaveReason.Stop);
        }
        var id = await ann.Connection.ReportAsync(room, "was rude", default);
        Assert.NotNull(id);
        await UntilAsync(() => ValueTask.FromResult(Engine.Reports.Any(r => r.Id == id)), "the report is recorded");
        var report = Engine.Reports.Single(report => report.Id == id);
        Assert.Equal(
            (ann.Id, bob.Id, room, ChatType.Video, "was rude"),
            (report.Reporter, report.Reported, report.Room, report.Chat, report.Reason));
        await NothingMoreAsync(ann);
    }

    [Fact]
    public async Task ReportsAreOnePerReporterAndRoom()
    {
        var (ann, bob, room) = await MeetAsync();
        var first = await ann.Connection.ReportAsync(room, "one", default);
        var other = await bob.Connection.ReportAsync(room, "three", default);
        Assert.NotNull(first);
        Assert.NotNull(other);
        Assert.NotEqual(first, other);
        Assert.Equal(first, await ann.Connection.ReportAsync(room, "two", default));
        ann.Drop();
        await ann.ConnectAsync(room);
        Assert.Equal(first, await ann.Connection.ReportAsync(room, "three", default));
        ann.Connection.Stop();
        Assert.Equal(first, await ann.Connection.ReportAsync(room, "four", default));
        await UntilAsync(() => ValueTask.FromResult(Engine.Reports.Any(r => r.Id == other)), "the last report is recorded");
        Assert.Equal("one", Assert.Single(Engine.Reports, report => report.Reporter == ann.Id).Reason);
    }

    [Fact]
    public async Task StatsCountPeople()
    {
        var before = await Engine.Gateways[0].GetStatsAsync(default);
        var (ann, bob, _) = await MeetAsync();
        var cid = await ComeAsync("cid");
        cid.Start(chat: ChatType.Text);
        await cid.HearSearchingAsync(requeued: false);
        await StatsBecomeAsync(online: 3, text: 1, rooms: 1);
        cid.Drop();
        ann.Connection.Stop();
        await StatsBecomeAsync(online: 2, text: 1, rooms: 0);
        await WaitOutAsync(Options.GraceMs);
        await StatsBecomeAsync(online: 2, text: 0, rooms: 0);
        bob.Start();
        await StatsBecomeAsync(online: 2, text: 0, rooms: 0, video: 1);

        Task StatsBecomeAsync(int online, int text, int rooms, int video = 0) => UntilAsync(
            async () =>
            {
                var now = await Engine.Gateways[0].GetStatsAsync(default);
                return now == before with
                {
                    Online = before.Online + online,
                    SearchingVideo = before.SearchingVideo + video,
                    SearchingText = before.SearchingText + text,
                    Rooms = before.Rooms + rooms,
                };
            },
            $"{online} more online, {video} for video, {text} for text, {rooms} rooms");
    }

    /// <summary>Both search for longer than any cooldown; then a third shows that both really waited.</summary>
    private async Task NeverMeetAsync(Stranger ann, Stranger bob)
    {
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
        await WaitOutAsync(Options.CooldownMs + Options.PatienceMs + (2 * Options.PassIntervalMs));
        await NothingMoreAsync(ann, bob);
        foreach (var name in (string[])["cid", "dan"])
        {
            var newcomer = await ComeAsync(name);
            newcomer.Start();
            await newcomer.HearAsync<Matched>();
        }
        await ann.HearAsync<Matched>();
        await bob.HearAsync<Matched>();
    }
}
