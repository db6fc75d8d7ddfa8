using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// Pairs that only exchange frames: at a fixed rate by plan, or, saturating, each frame answered by the next with a few
/// under way at any time.
/// </summary>
public sealed class RelayScenario : Scenario, ITimed
{
    private const int Talk = 1;
    private const int Window = 8;
    private LoadRun _run = null!;
    private Payload _payload = null!;
    private bool _talking;
    private int _turn;

    /// <inheritdoc/>
    public override string Name => "relay";

    /// <inheritdoc/>
    public override string Description => "Pairs that relay payloads; rate is the frames a second of all together.";

    /// <inheritdoc/>
    public override bool RelayOnly => true;

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) => 200;

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        _run = run;
        _payload = Payload.Bulk(run.Options.PayloadBytes);
        foreach (var user in run.Users)
        {
            user.Search(WireClock.Now);
        }
        run.Loop.At(WireClock.Now + 100_000, this, 0);
    }

    /// <summary>Waits until everybody is paired; then they begin, by the pattern asked for.</summary>
    public void OnTime(long due, int tag)
    {
        if (_run.IsEnding)
        {
            return;
        }
        if (_talking)
        {
            _run.Users[_turn++ % _run.Users.Count].Send(_payload, due);
            _run.Loop.At(due + (long)(1e6 / _run.Options.Rate), this, 0);
            return;
        }
        if (_run.Users.Count(user => user.State == UserState.InRoom) < _run.Users.Count / 2 * 2)
        {
            _run.Loop.At(due + 100_000, this, 0);
            return;
        }
        _talking = true;
        if (!_run.Options.Saturate && _run.Options.Pattern == SendingPattern.InTurn)
        {
            _run.Loop.At(WireClock.Now, this, 0);
            return;
        }
        foreach (var user in _run.Users)
        {
            if (!_run.Options.Saturate)
            {
                user.WakeAt(WireClock.Now + _run.Random.Between(0, Period), Talk);
                continue;
            }
            for (var i = 0; i < Window; i++)
            {
                user.Send(_payload, WireClock.Now);
            }
        }
    }

    /// <inheritdoc/>
    public override void OnTime(VirtualUser user, long due, int tag)
    {
        if (!_run.IsEnding)
        {
            user.Send(_payload, due);
            user.WakeAt(due + (long)(Period * 1e6), Talk);
        }
    }

    /// <inheritdoc/>
    public override void OnFrame(VirtualUser user, char kind)
    {
        if (_talking && _run.Options.Saturate && !_run.IsEnding)
        {
            user.Send(_payload, WireClock.Now);
        }
    }

    private double Period => _run.Users.Count / _run.Options.Rate;
}
