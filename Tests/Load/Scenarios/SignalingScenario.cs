using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// Full match cycles: start, matched, offer, answer, 20 candidates, next. The one who made the offer presses Next when the
/// plan says so; whoever is left searches again at once.
/// </summary>
public sealed class SignalingScenario : Scenario
{
    private const int Next = 1;
    private const int Again = 2;
    private LoadRun _run = null!;

    /// <inheritdoc/>
    public override string Name => "signaling";

    /// <inheritdoc/>
    public override string Description => "Offer, answer and 20 candidates in every match, then next; rate is the cycles a second.";

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) => options.Saturate ? 400 : (int)Math.Max(100, options.Rate * 2);

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        _run = run;
        foreach (var user in run.Users)
        {
            user.WakeAt(WireClock.Now + run.Random.Between(0, 1), Again);
        }
    }

    /// <inheritdoc/>
    public override void OnMatched(VirtualUser user) => CallScript.Begin(user);

    /// <inheritdoc/>
    public override void OnFrame(VirtualUser user, char kind)
    {
        if (!CallScript.Take(user, kind) || !user.Initiator)
        {
            return;
        }
        _run.Figures.Scripts++;
        var think = _run.Options.Saturate ? 0 : 2 * _run.Users.Count / (2 * _run.Options.Rate) * _run.Random.NextDouble();
        user.WakeAt(WireClock.Now + (long)(think * 1e6), Next);
    }

    /// <inheritdoc/>
    public override void OnPeerLeft(VirtualUser user)
    {
        if (!_run.IsEnding)
        {
            user.Search(WireClock.Now);
        }
    }

    /// <inheritdoc/>
    public override void OnTime(VirtualUser user, long due, int tag)
    {
        if (!_run.IsEnding)
        {
            user.Search(due);
        }
    }
}
