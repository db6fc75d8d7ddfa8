using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// A day in minutes: people come one by one, look around or search, call, chat, skip, lose their network and come back,
/// and leave. Each is a new identity.
/// </summary>
public sealed class MixedScenario : Scenario, ITimed
{
    private const int Next = 1;
    private const int Again = 2;
    private const int Say = 3;
    private const int Gone = 4;
    private static readonly string[] Interests = ["music", "games", "cooking", "travel", "films", "sports"];
    private LoadRun _run = null!;

    /// <inheritdoc/>
    public override string Name => "mixed";

    /// <inheritdoc/>
    public override string Description =>
        "People arrive (rate a second), lurk or search, call, chat, skip, drop and come back, and leave.";

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) => 0;

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
        _run = run;
        run.Loop.At(WireClock.Now, this, 0);
    }

    /// <summary>Somebody opens the page.</summary>
    public void OnTime(long due, int tag)
    {
        if (_run.IsEnding)
        {
            return;
        }
        var random = _run.Random;
        var person = _run.NewUser();
        person.Chat = random.Next(10) switch { < 7 => "video", < 9 => "text", _ => "audio" };
        person.Interest = random.Next(10) < 3 ? Interests[random.Next(Interests.Length)] : null;
        person.Connect();
        _run.Loop.At(due + random.Gap(_run.Options.Rate), this, 0);
    }

    /// <inheritdoc/>
    public override void OnReady(VirtualUser user)
    {
        if (_run.IsEnding)
        {
            return;
        }
        switch (user.State)
        {
            case UserState.InRoom:
                Stay(user);
                break;
            case UserState.Idle when user.Count == 0 && _run.Random.Next(100) < 15:
                user.WakeAt(WireClock.Now + _run.Random.Exponential(TimeSpan.FromSeconds(20)), Gone);
                break;
            case UserState.Idle:
                user.WakeAt(WireClock.Now + _run.Random.Between(0.2, 2), Again);
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnMatched(VirtualUser user)
    {
        user.Count++;
        CallScript.Begin(user);
        Stay(user);
    }

    /// <inheritdoc/>
    public override void OnPeerLeft(VirtualUser user) => Decide(user, 80);

    /// <inheritdoc/>
    public override void OnFrame(VirtualUser user, char kind)
    {
        if (CallScript.Take(user, kind) && user.Initiator)
        {
            _run.Figures.Scripts++;
        }
    }

    /// <inheritdoc/>
    public override void OnTime(VirtualUser user, long due, int tag)
    {
        if (_run.IsEnding)
        {
            return;
        }
        switch (tag)
        {
            case Say:
                user.Send(Payload.Line, due);
                user.WakeAt(due + _run.Random.Exponential(TimeSpan.FromSeconds(3)), Say);
                break;
            case Next when _run.Random.Next(100) < 10:
                user.Drop();
                user.WakeAt(WireClock.Now + _run.Random.Between(0.1, 4), Again);
                break;
            case Next:
                Decide(user, 75);
                break;
            case Again when user.State == UserState.Offline:
                user.Connect();
                break;
            case Again:
                user.Search(due);
                break;
            default:
                user.Leave();
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnClosed(VirtualUser user)
    {
        if (!_run.IsEnding)
        {
            user.WakeAt(WireClock.Now + _run.Random.Between(0.5, 3), Again);
        }
    }

    private void Stay(VirtualUser user)
    {
        user.WakeAt(WireClock.Now + _run.Random.Exponential(TimeSpan.FromSeconds(3)), Say);
        user.WakeAt(WireClock.Now + _run.Random.Exponential(_run.Options.Stay * 2), Next);
    }

    private void Decide(VirtualUser user, int percentWhoGoOn) =>
        user.WakeAt(WireClock.Now + _run.Random.Between(0, 0.5), _run.Random.Next(100) < percentWhoGoOn ? Again : Gone);
}
