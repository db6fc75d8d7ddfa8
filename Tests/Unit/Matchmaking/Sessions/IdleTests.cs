using Camdiv.Matchmaking;
using Camdiv.Tests.Unit.Matchmaking.Embedded;

namespace Camdiv.Tests.Unit.Matchmaking.Sessions;

/// <summary>Who never did anything is forgotten with the connection; who did is remembered for the grace.</summary>
public sealed class IdleTests : IDisposable
{
    private readonly EmbeddedScript _script = new();

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task WhoNeverDidAnythingLeavesNothing()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var person = await _script.ComeAsync($"u{i}");
            person.Drop();
            Assert.Equal(ClientState.Idle, (await person.ConnectAsync()).State);
            person.Drop();
        }
        Assert.Equal(0, _script.Engine.Host.SessionCount);
    }

    [Fact]
    public async Task WhoStoppedSearchingBeforeAnyMatchLeavesNothingEither()
    {
        var ann = await _script.ComeAsync("ann");
        ann.Start();
        ann.Connection.Stop();
        ann.Drop();
        Assert.Equal(0, _script.Engine.Host.SessionCount);
    }

    [Fact]
    public async Task SearchRoomAndLastPartnerOutliveTheConnection()
    {
        var searching = await _script.ComeAsync("searching");
        searching.Start(likes: ["a"]);
        searching.Drop();
        var (ann, bob) = (await _script.ComeAsync("ann"), await _script.ComeAsync("bob"));
        var room = await _script.MeetAsync(ann, bob);
        ann.Drop();
        bob.Connection.Stop();
        bob.Drop();
        Assert.Equal(3, _script.Engine.Host.SessionCount);
        Assert.Equal(ClientState.Searching, (await searching.ConnectAsync()).State);
        Assert.Equal(ClientState.Idle, (await ann.ConnectAsync(room)).State);
        await ann.HearPeerLeftAsync(room, LeaveReason.Stop);
    }

    [Fact]
    public async Task BlocksOutliveTheConnection()
    {
        var (ann, bob) = (await _script.ComeAsync("ann"), await _script.ComeAsync("bob"));
        Assert.True(ann.Connection.Block(await _script.MeetAsync(ann, bob)));
        ann.Drop();
        bob.Drop();
        _script.Pass(2 * _script.Options.GraceMs);
        Assert.Equal(0, _script.Engine.Host.SessionCount);
        await ann.ConnectAsync();
        await bob.ConnectAsync();
        ann.Start();
        await ann.HearSearchingAsync(requeued: false);
        bob.Start();
        await bob.HearSearchingAsync(requeued: false);
    }
}
