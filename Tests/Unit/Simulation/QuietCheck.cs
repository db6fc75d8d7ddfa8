using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// After a calm: everybody is connected, both members of a room agree to be in it, no two who may meet still wait, and
/// whoever waits is really there to be met: a newcomer meets them within a second.
/// </summary>
internal sealed class QuietCheck(SimulationRun run)
{
    private const int MeetMs = 1_000;

    public void Run()
    {
        foreach (var user in run.Users.Where(user => user.View.State == ClientState.InRoom))
        {
            var peer = run.Find(user.View.Match!.Peer);
            if (user.Connected && peer.View.Room != user.View.Room)
            {
                Report("symmetry", $"{user} is in {user.View.Room} with {peer}, who is {peer.View.State}", user, peer);
            }
        }
        var waiting = run.Users
            .Where(user => user.Connected && user.View.State == ClientState.Searching)
            .GroupBy(user => user.Wish.Chat)
            .ToArray();
        foreach (var chat in waiting)
        {
            NobodyCompatibleWaits([.. chat]);
        }
        foreach (var chat in waiting)
        {
            NewcomersMeet(chat.Key, [.. chat]);
        }
    }

    private void NobodyCompatibleWaits(SimUser[] waiting)
    {
        foreach (var one in waiting)
        {
            foreach (var other in waiting)
            {
                if (one.Number < other.Number && !one.HasBlocked(other, 0) && !other.HasBlocked(one, 0))
                {
                    Report("stranding", $"{one} and {other} both wait and may meet", one, other);
                }
            }
        }
    }

    private void NewcomersMeet(ChatType chat, SimUser[] waiting)
    {
        var newcomers = waiting.Select(_ => run.Add()).ToArray();
        foreach (var newcomer in newcomers)
        {
            newcomer.Connect();
            newcomer.Start(SearchRequest.ForAnyone(chat));
        }
        run.World.Run(MeetMs);
        foreach (var stranded in waiting.Concat(newcomers).Where(user => user.View.State != ClientState.InRoom))
        {
            Report("stranding", $"{stranded} is not met although a newcomer waits", stranded);
        }
        foreach (var newcomer in newcomers)
        {
            run.Retired.Add(newcomer);
            newcomer.Stop();
            newcomer.DropAndDetach();
        }
    }

    private void Report(string rule, string what, params object?[] about) => run.Violations.Report(rule, what, about);
}
