using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Skippers on bad networks: sockets drop at any moment and come back with their session.</summary>
public sealed class ChurnScenario : SkippersScenario
{
    private static readonly TimeSpan BetweenDrops = TimeSpan.FromSeconds(8);

    /// <inheritdoc/>
    public override string Name => "churn";

    /// <inheritdoc/>
    public override string Description =>
        "As skippers, and each user's socket drops every eight seconds and is back within three; rate as there.";

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        base.Begin(run);
        foreach (var user in run.Users)
        {
            _ = new Fate(this, user);
        }
    }

    /// <inheritdoc/>
    public override void OnReady(VirtualUser user)
    {
        if (Run is null || Run.IsEnding)
        {
            return;
        }
        switch (user.State)
        {
            case UserState.InRoom:
                OnMatched(user);
                break;
            case UserState.Idle:
                OnPeerLeft(user);
                break;
        }
    }

    // Drops do not care what the user is doing, so they are not timers of the user.
    private sealed class Fate : ITimed
    {
        private readonly ChurnScenario _scenario;
        private readonly VirtualUser _user;

        public Fate(ChurnScenario scenario, VirtualUser user)
        {
            (_scenario, _user) = (scenario, user);
            Sleep(BetweenDrops);
        }

        private LoadRun Run => _scenario.Run;

        public void OnTime(long due, int tag)
        {
            if (Run.IsEnding)
            {
                return;
            }
            if (_user.State == UserState.Offline)
            {
                _user.Connect();
                Sleep(BetweenDrops);
                return;
            }
            if (_user.State != UserState.Connecting)
            {
                _user.Drop();
            }
            Sleep(TimeSpan.FromSeconds(1.5));
        }

        private void Sleep(TimeSpan mean) =>
            Run.Loop.At(WireClock.Now + Run.Random.Between(0, 2 * mean.TotalSeconds), this, 0);
    }
}
