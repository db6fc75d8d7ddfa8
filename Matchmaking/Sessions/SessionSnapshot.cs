namespace Camdiv.Matchmaking;

/// <summary>
/// What a backup keeps of one user, plain enough for any serializer. Times are Unix milliseconds by the clock of the
/// process that holds it: whoever sends it to another process turns them into ages. A backup on the machine's own disk
/// keeps moments, so that the time in between counts; <see cref="SessionMoments"/> bounds them by the present.
/// </summary>
public sealed record SessionSnapshot
{
    /// <summary>The user's id.</summary>
    public required string User { get; init; }

    /// <summary>The search in progress, if any.</summary>
    public TicketSnapshot? Ticket { get; init; }

    /// <summary>The user's side of a room, if in one.</summary>
    public RoomSnapshot? Room { get; init; }

    /// <summary>The last partner's id, if any.</summary>
    public string? LastPartner { get; init; }

    /// <summary>The room shared with the last partner.</summary>
    public string? LastRoom { get; init; }

    /// <summary>Chat type of the last room.</summary>
    public ChatType LastChat { get; init; }

    /// <summary>When the last room ended.</summary>
    public long LastEndedAtMs { get; init; }

    /// <summary>See <see cref="Ticket.Proven"/>.</summary>
    public bool Proven { get; init; }

    /// <summary>Matches in a row that the user did not acknowledge.</summary>
    public int Failures { get; init; }

    /// <summary>How long the user is not matched yet because of them, in ms from when this was taken.</summary>
    public long PauseMs { get; init; }

    /// <summary>Whether the user's report of the last room is recorded.</summary>
    public bool LastReported { get; init; }
}

/// <summary>A search as a backup keeps it.</summary>
public sealed record TicketSnapshot
{
    /// <summary>The chat type.</summary>
    public ChatType Chat { get; init; }

    /// <summary>Normalized interests.</summary>
    public required string[] Interests { get; init; }

    /// <summary>Primary language subtags.</summary>
    public required string[] Languages { get; init; }

    /// <summary>Since when the user waits.</summary>
    public long SinceMs { get; init; }

    /// <summary>Whether the ticket belongs at the front (a survivor).</summary>
    public bool Front { get; init; }
}

/// <summary>One side of a room as a backup keeps it.</summary>
public sealed record RoomSnapshot
{
    /// <summary>The room's id.</summary>
    public required string Room { get; init; }

    /// <summary>The peer's id.</summary>
    public required string Peer { get; init; }

    /// <summary>Who this side is in the room.</summary>
    public required string Seat { get; init; }

    /// <summary>Who the peer is in the room.</summary>
    public required string PeerSeat { get; init; }

    /// <summary>The chat type.</summary>
    public ChatType Chat { get; init; }

    /// <summary>Shared interests.</summary>
    public required string[] Common { get; init; }

    /// <summary>The search to go back to if the match falls through before both acknowledged.</summary>
    public required TicketSnapshot Search { get; init; }

    /// <summary>Whether this side acknowledged.</summary>
    public bool Acked { get; init; }

    /// <summary>Whether the peer acknowledged.</summary>
    public bool PeerAcked { get; init; }

    /// <summary>The gateway that hosts the peer's session, as last known.</summary>
    public required string PeerHost { get; init; }

    /// <summary>Version of this side's last <see cref="MemberUpdate"/>; the next one is greater.</summary>
    public long Version { get; init; }

    /// <summary>Version of the peer's last <see cref="MemberUpdate"/> taken in.</summary>
    public long PeerVersion { get; init; }

    /// <summary>When this side's time to acknowledge is up.</summary>
    public long AckDeadlineMs { get; init; }

    /// <summary>Whether this side's report of the room is recorded.</summary>
    public bool Reported { get; init; }
}

/// <summary>A change for the backup: the user's newest snapshot, or null when there is nothing left to keep.</summary>
/// <param name="User">Whose.</param>
/// <param name="Snapshot">The state.</param>
public readonly record struct SessionChange(UserId User, SessionSnapshot? Snapshot)
{
    /// <summary>Tells the session from an earlier or later one of the same user on the same host.</summary>
    public long Life { get; init; }
}
