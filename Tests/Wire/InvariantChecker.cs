namespace Camdiv.Tests.Wire;

/// <summary>
/// Reads the logs of all clients of a test and counts every broken invariant: symmetry, exclusivity, ghosts, stale events,
/// stranded users. It knows the protocol only, nothing of the server's inside.
/// </summary>
public static class InvariantChecker
{
    /// <summary>Checks all logs together. Call when the clients are at rest.</summary>
    public static InvariantReport Check(IReadOnlyCollection<ClientLog> logs, InvariantOptions? options = null)
    {
        options ??= new InvariantOptions();
        var report = new InvariantReport { Clients = logs.Count };
        var rooms = new RoomTable(options, report);
        var waits = new List<Wait>();
        var clients = new List<ClientTimeline>(logs.Count);
        var end = options.EndedAt ?? logs.Select(log => log.LastAt).DefaultIfEmpty().Max();
        foreach (var log in logs)
        {
            var timeline = new ClientTimeline(log);
            clients.Add(timeline);
            new ClientWalk(timeline, rooms, waits, options, report).Run(log.Snapshot(), end);
            report.Frames += log.Frames;
        }
        rooms.Check(clients, end);
        CheckWaits(waits, options, report);
        report.Rooms = rooms.Count;
        return report;
    }

    /// <summary>Two users who wait side by side for the same chat type and did not block each other must meet.</summary>
    private static void CheckWaits(List<Wait> waits, InvariantOptions options, InvariantReport report)
    {
        var most = WireClock.Micros(options.StrandedAfter);
        waits.Sort((a, b) => a.From.CompareTo(b.From));
        var open = new List<Wait>();
        foreach (var wait in waits)
        {
            open.RemoveAll(other => other.To - wait.From <= most);
            foreach (var other in open)
            {
                var together = Math.Min(wait.To, other.To) - wait.From;
                if (other.Chat == wait.Chat && other.Who != wait.Who && together > most && !Blocked(wait.Who, other.Who))
                {
                    report.Add(new Violation(
                        Invariant.Stranded,
                        wait.Who.Log.Name,
                        wait.From + together,
                        $"waited for {LogCodes.ChatName(wait.Chat)} beside {other.Who.Log.Name} for {together / 1e6:f1} s"));
                    break;
                }
            }
            open.Add(wait);
        }
    }

    private static bool Blocked(ClientTimeline a, ClientTimeline b) =>
        a.BlockedSince(b.User) is not null || b.BlockedSince(a.User) is not null;
}
