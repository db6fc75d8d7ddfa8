namespace Camdiv.Matchmaking;

/// <summary>
/// The moments in a backup that the machine's own disk kept. They are of its wall clock, so that the time for which the
/// process was gone counts as waited; but that clock may have been set back meanwhile.
/// </summary>
internal static class SessionMoments
{
    /// <summary>
    /// The snapshots, none from a time to come: all moved back alike by as much as the latest lies ahead, so that order
    /// holds and nobody is kept from a partner for longer than the cool-down.
    /// </summary>
    public static IReadOnlyList<SessionSnapshot> UpTo(long nowMs, IReadOnlyList<SessionSnapshot> snapshots)
    {
        var ahead = snapshots.Select(Latest).DefaultIfEmpty().Max() - nowMs;
        return ahead <= 0 ? snapshots : [.. snapshots.Select(snapshot => Back(snapshot, ahead))];
    }

    private static long Latest(SessionSnapshot snapshot) => Math.Max(
        snapshot.LastEndedAtMs,
        Math.Max(snapshot.Ticket?.SinceMs ?? 0, snapshot.Room?.Search.SinceMs ?? 0));

    private static SessionSnapshot Back(SessionSnapshot snapshot, long byMs) => snapshot with
    {
        Ticket = Back(snapshot.Ticket, byMs),
        Room = snapshot.Room is { } room
            ? room with { Search = Back(room.Search, byMs)!, AckDeadlineMs = room.AckDeadlineMs - byMs }
            : null,
        LastEndedAtMs = snapshot.LastEndedAtMs - byMs,
    };

    private static TicketSnapshot? Back(TicketSnapshot? ticket, long byMs) =>
        ticket is null ? null : ticket with { SinceMs = ticket.SinceMs - byMs };
}
