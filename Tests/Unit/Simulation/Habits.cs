using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>What people do of their own accord, and what befalls them at the handshake's await points.</summary>
internal sealed class Habits(SimulationRun run)
{
    private Random Random => run.World.Random;

    /// <summary>Keeps <paramref name="user"/> busy for as long as the simulation lasts.</summary>
    public void Live(SimUser user)
    {
        if (run.Churning)
        {
            Act(user);
        }
        else if (!user.Connected && !run.Retired.Contains(user))
        {
            user.Connect();
        }
        run.World.After(200 + Random.Next(1_600), () => Live(user));
    }

    /// <summary>Something happens to a user just now, whatever the handshake is doing.</summary>
    public void Poke(SimUser user)
    {
        if (!user.Connected)
        {
            user.Connect();
            return;
        }
        switch (Random.Next(10))
        {
            case 0:
                user.Stop();
                break;
            case 1:
                user.Start(user.Wish);
                break;
            case 2:
                user.Start(user.NewWish());
                break;
            case 3:
                user.Stop();
                user.Start(user.NewWish());
                break;
            case 4 or 5:
                user.DropAndDetach();
                break;
            case 6:
                user.Drop("breaks", Random.Next(3_000));
                break;
            case 7:
                user.DropAndDetach();
                user.Connect();
                break;
            case 8:
                user.Connect();
                break;
            default:
                user.Drop("breaks", 500);
                run.World.After(Random.Next(300), () => Reconnect(user));
                break;
        }
    }

    private void Act(SimUser user)
    {
        if (!user.Connected)
        {
            // One in ten lets the grace run out; the others are back within it.
            if (Random.Next(10) == 0)
            {
                run.World.After(run.Plan.Options.GraceMs + 500, () => Reconnect(user));
            }
            else
            {
                user.Connect();
            }
            return;
        }
        var dice = Random.Next(100);
        switch (user.View.State)
        {
            case ClientState.Idle:
                user.Start(user.NewWish());
                break;
            case ClientState.Searching when dice < 5:
                user.Stop();
                break;
            case ClientState.Searching when dice < 12:
                user.Start(user.NewWish());
                break;
            case ClientState.Searching when dice < 20:
                user.Drop("drops", Random.Next(1_000));
                break;
            case ClientState.InRoom:
                ActInRoom(user, dice);
                break;
        }
    }

    private void ActInRoom(SimUser user, int dice)
    {
        var peer = run.Find(user.View.Match!.Peer);
        switch (dice)
        {
            case < 45:
                user.Start(user.NewWish());
                break;
            case < 60 when peer.Connected && peer.View.Room == user.View.Room:
                // Both press next within one millisecond, one after the other.
                run.World.After(0, () => NextIfInRoom(peer));
                user.Start(user.Wish);
                break;
            case < 66:
                user.Stop();
                break;
            case < 68:
                user.Block();
                break;
            case < 78:
                user.Drop("drops", dice < 70 ? 5_000 : Random.Next(600));
                break;
            case < 90:
                user.SendFrames(1 + Random.Next(12));
                break;
        }
    }

    private static void NextIfInRoom(SimUser user)
    {
        if (user.Connected && user.View.State == ClientState.InRoom)
        {
            user.Start(user.Wish);
        }
    }

    private static void Reconnect(SimUser user)
    {
        if (!user.Connected)
        {
            user.Connect();
        }
    }
}
