using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Conformance;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>An embedded engine with a hand-driven clock, and people who come to it by name.</summary>
internal sealed class EmbeddedScript : IReportSink, IDisposable
{
    private readonly List<Exception> _failures = [];

    public EmbeddedScript(Action<MatchmakingOptions>? adjust = null)
    {
        adjust?.Invoke(Options);
        Engine = new EmbeddedMatchmaker(Options, Time, this) { EffectFailed = _failures.Add };
    }

    public MatchmakingOptions Options { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public EmbeddedMatchmaker Engine { get; }

    /// <summary>Whoever comes by a name is the same person each time, at each engine.</summary>
    public Stranger Person(string name) => new(new UserId(name), Engine);

    public async Task<Stranger> ComeAsync(string name)
    {
        var person = Person(name);
        await person.ConnectAsync();
        return person;
    }

    public async Task<RoomId> MeetAsync(Stranger one, Stranger other)
    {
        one.Start();
        await one.HearSearchingAsync(requeued: false);
        other.Start();
        var room = (await one.HearAsync<Matched>()).Room;
        await other.HearAsync<Matched>();
        one.Connection.Acknowledge(room);
        other.Connection.Acknowledge(room);
        return room;
    }

    public void Pass(int ms) => Time.Advance(TimeSpan.FromMilliseconds(ms));

    /// <summary>What a backup would have written by now: the newest state of each user.</summary>
    public void Save(Dictionary<UserId, SessionSnapshot> copy)
    {
        var changes = new List<SessionChange>();
        Engine.TakeSessionChanges(changes);
        foreach (var change in changes)
        {
            if (change.Snapshot is null)
            {
                copy.Remove(change.User);
            }
            else
            {
                copy[change.User] = change.Snapshot;
            }
        }
    }

    public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;

    public void Dispose()
    {
        Engine.Dispose();
        Assert.Empty(_failures);
    }
}
