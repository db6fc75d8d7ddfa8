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
    RoomId Room, UserId From, UserId To, HostId FromHost, long Version, bool Acked, bool Away, LeaveReason? Left);
