using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Nobody stays: each user presses Next after a few seconds, and again searches when it was left.</summary>
public class SkippersScenario : Scenario
{
    /// <summary>Tag of the timer that presses Next.</summary>
    protected const int Next = 1;

    private const int Again = 2;

    /// <summary>The run.</summary>
    protected LoadRun Run { get; private set; } = null!;

    /// <inheritdoc/>
    public override string Name => "skippers";

    /// <inheritdoc/>
    public override string Description => "Every user presses Next after a mean stay; rate is about the matches a second.";

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) =>
        (int)Math.Max(50, 2 * options.Rate * (options.Stay.TotalSeconds + 0.3));

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        Run = run;
        foreach (var user in run.Users)
        {
            user.WakeAt(WireClock.Now + run.Random.Between(0, 1), Again);
        }
    }

    /// <inheritdoc/>
    public override void OnMatched(VirtualUser user) =>
        // Two decide independently, so each stays twice as long as the pair does.
        user.WakeAt(WireClock.Now + Run.Random.Exponential(Run.Options.Stay * 2), Next);

    /// <inheritdoc/>
    public override void OnPeerLeft(VirtualUser user) =>
        user.WakeAt(WireClock.Now + Run.Random.Between(0.1, 0.5), Again);

    /// <inheritdoc/>
    public override void OnTime(VirtualUser user, long due, int tag)
    {
        if (!Run.IsEnding)
        {
            user.Search(due);
        }
    }
}
