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

    /// <summary>
    /// Pairs of those left over who could have met. Last partners avoid each other for longer than a wave lasts, and now
    /// and then a wave's last two are just that.
    /// </summary>
    /// <param name="left">Who still waits.</param>
    /// <param name="lastPeer">Whom each met last.</param>
    public static IEnumerable<(T One, T Other)> Overlooked<T>(IReadOnlyList<T> left, Func<T, T?> lastPeer)
        where T : class
    {
        var open = new List<T>();
        foreach (var one in left)
        {
            if (open.Find(other => lastPeer(one) != other && lastPeer(other) != one) is { } suits)
            {
                open.Remove(suits);
                yield return (suits, one);
            }
            else
            {
                open.Add(one);
            }
        }
    }

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
        if (tag == Halt)
        {
            // Their time to match is longer than the wave; without a word here they would be missing from the figures.
            var overlooked = Overlooked([.. _run.Users.Where(user => user.State == UserState.Searching)], user => user.LastPeer).ToList();
            if (overlooked is [var (one, other), ..])
            {
                _run.Figures.Error(
                    $"{overlooked.Count} pairs not matched within {Wave / 1_000_000} s, users {one.Index} and {other.Index} among them");
            }
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
