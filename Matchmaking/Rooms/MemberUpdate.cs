namespace Camdiv.Matchmaking;

/// <summary>
/// Everything one member of a room tells the other's host about itself: a state with a version, not an event. The
/// receiver takes it only if newer than what it has, so loss, repetition and reordering between hosts do no harm.
/// </summary>
/// <param name="Room">The room.</param>
/// <param name="From">Whose state this is.</param>
/// <param name="To">The other member.</param>
/// <param name="FromHost">Where <paramref name="From"/>'s session is hosted now.</param>
/// <param name="Version">Grows with every change of this member in this room.</param>
/// <param name="Acked">Whether the member acknowledged the match.</param>
/// <param name="Away">Whether its connection is down.</param>
/// <param name="Left">Why it is out of the room for good, if it is.</param>
public sealed record MemberUpdate(
    RoomId Room, UserId From, UserId To, HostId FromHost, long Version, bool Acked, bool Away, LeaveReason? Left)
{
    /// <summary>The newest <see cref="Version"/> that the sender has from the other member; 0 when none.</summary>
    public long Heard { get; init; }

    /// <summary>
    /// The answer that the other member is in no such room any more. Void when its host has heard of that member since:
    /// the member then lives elsewhere.
    /// </summary>
    /// <param name="host">Where it was looked for.</param>
    public MemberUpdate AnswerGone(HostId host) => new(Room, To, From, host, Heard + 1, false, false, LeaveReason.Gone);
}
