using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Everyone presses Start in the same instant; a few seconds later everyone stops, and it begins anew.</summary>
public sealed class StampedeScenario : Scenario, ITimed
{
    private const int Go = 0;
    private const int Halt = 1;
    private static readonly long Wave = WireClock.Micros(TimeSpan.FromSeconds(3));
    private static readonly long Pause = WireClock.Micros(TimeSpan.FromSeconds(1));
    private LoadRun _run = null!;

    /// <inheritdoc/>
    public override string Name => "stampede";

    /// <inheritdoc/>
    public override string Description => "All users start in the same instant, again every four seconds; rate has no part in it.";

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) => 5_000;

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        _run = run;
        run.Loop.At(WireClock.Now, this, Go);
    }

    /// <inheritdoc/>
    public void OnTime(long due, int tag)
    {
        if (_run.IsEnding)
        {
            return;
        }
        var alone = tag == Halt ? _run.CountOf(UserState.Searching) : 0;
        if (alone > 1)
        {
            // Their time to match is longer than the wave; without a word here they would be missing from the figures.
            _run.Figures.Error($"not matched within {Wave / 1_000_000} s");
        }
        foreach (var user in _run.Users.Where(user => user.State is not (UserState.Offline or UserState.Connecting)))
        {
            if (tag == Go)
            {
                user.Search(due);
            }
            else
            {
                user.Stop();
            }
        }
        _run.Loop.At(WireClock.Now + (tag == Go ? Wave : Pause), this, tag == Go ? Halt : Go);
    }
}
