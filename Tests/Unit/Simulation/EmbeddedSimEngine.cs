using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>The embedded engine, whole: nothing is delayed, and sockets die while it looks at them.</summary>
internal sealed class EmbeddedSimEngine : ISimEngine
{
    private readonly EmbeddedMatchmaker _engine;

    public EmbeddedSimEngine(SimulationRun run) =>
        _engine = new EmbeddedMatchmaker(run.Plan.Options, run.World.Time, new NoReports(), run.Ids)
        {
            EffectFailed = failure => run.Violations.Report("fault", failure.ToString()),
        };

    public IUserConnection Connect(SimUser user, Arrival arrival, IClientLink link)
    {
        var connecting = _engine.ConnectAsync(arrival, link, default);
        return connecting.IsCompletedSuccessfully
            ? connecting.Result
            : throw new InvalidOperationException("The embedded engine did not connect at once.");
    }

    public void Block(SimUser user, IEnumerable<SimUser> blocked) =>
        _engine.RestoreBlocks([(user.Id, [.. blocked.Select(other => other.Id)])]);

    public void Entered(SimUser user)
    {
    }

    public void Inspect()
    {
    }

    public void Dispose() => _engine.Dispose();
}
