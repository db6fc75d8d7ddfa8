using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// Poisson arrivals: searches begin at random moments at a given rate, whatever the server does meanwhile. A search that
/// finds no user free to make it waits its turn with its intended time, so that a slow server cannot hide.
/// </summary>
public sealed class SteadyScenario : Scenario, ITimed
{
    private const int StayOver = 1;

    // First in, first out, so that the last partner is long gone when a user comes again.
    private readonly Queue<VirtualUser> _idle = new();
    private readonly Queue<long> _late = new();
    private LoadRun _run = null!;

    /// <inheritdoc/>
    public override string Name => "steady";

    /// <inheritdoc/>
    public override string Description => "Poisson arrivals, rate searches a second; two who meet stay together for a while.";

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) =>
        options.Saturate ? 1_000 : (int)Math.Max(200, options.Rate * (options.Stay.TotalSeconds + 0.2) * 1.5);

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        _run = run;
        foreach (var user in run.Users)
        {
            _idle.Enqueue(user);
        }
        if (run.Options.Saturate)
        {
            foreach (var user in run.Users)
            {
                user.Search(WireClock.Now);
            }
            return;
        }
        run.Loop.At(WireClock.Now, this, 0);
    }

    /// <inheritdoc/>
    public void OnTime(long due, int tag)
    {
        if (_run.IsEnding)
        {
            return;
        }
        _run.Figures.TimerLate.Record(WireClock.Now - due);
        if (_idle.TryDequeue(out var user))
        {
            user.Search(due);
        }
        else
        {
            _late.Enqueue(due);
        }
        _run.Loop.At(due + _run.Random.Gap(_run.Options.Rate), this, 0);
    }

    /// <inheritdoc/>
    public override void OnMatched(VirtualUser user)
    {
        // One of the two decides; the other hears of it.
        if (user.Initiator)
        {
            if (_run.Options.Saturate)
            {
                user.Search(WireClock.Now);
                return;
            }
            user.WakeAt(WireClock.Now + _run.Random.Exponential(_run.Options.Stay), StayOver);
        }
    }

    /// <inheritdoc/>
    public override void OnTime(VirtualUser user, long due, int tag)
    {
        user.Stop();
        Free(user);
    }

    /// <inheritdoc/>
    public override void OnPeerLeft(VirtualUser user)
    {
        if (_run.Options.Saturate)
        {
            user.Search(WireClock.Now);
            return;
        }
        Free(user);
    }

    private void Free(VirtualUser user)
    {
        if (_run.IsEnding)
        {
            return;
        }
        if (_late.TryDequeue(out var intendedAt))
        {
            user.Search(intendedAt);
        }
        else
        {
            _idle.Enqueue(user);
        }
    }
}
