using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>One side of a pairing attempt, as the host of that side's session receives it.</summary>
/// <param name="Room">Drawn for this attempt alone: it decides which attempt an answer belongs to.</param>
/// <param name="User">Whose side this is.</param>
/// <param name="TicketId">The ticket that was paired; an older one is refused.</param>
/// <param name="Peer">The other side.</param>
/// <param name="Seat">Who this side is in the room.</param>
/// <param name="PeerSeat">Who the other side is in the room; all that this side is told of it.</param>
/// <param name="PeerHost">The gateway that hosts the other side.</param>
/// <param name="Chat">The chat type.</param>
/// <param name="Common">Interests both named.</param>
public sealed record Offer(
    RoomId Room,
    UserId User,
    long TicketId,
    UserId Peer,
    SeatId Seat,
    SeatId PeerSeat,
    HostId PeerHost,
    ChatType Chat,
    ImmutableArray<string> Common)
{
    /// <summary>The network the other side comes from; none where that is not known.</summary>
    public AddressPrefix PeerFrom { get; init; }

    /// <summary>
    /// Whether this side makes the WebRTC offer: the ordinally smaller seat does, so that both sides agree without
    /// asking (avoids the glare of W3C WebRTC, section 4.4.1.5).
    /// </summary>
    public bool Initiator => Seat.CompareTo(PeerSeat) < 0;
}

/// <summary>How a pairing attempt ended, for one side.</summary>
/// <param name="Room">The attempt.</param>
/// <param name="User">Whose side.</param>
/// <param name="TicketId">The ticket that was paired.</param>
/// <param name="Matched">True: tell the user. False: the room never existed; a survivor goes back to the front.</param>
public readonly record struct Verdict(RoomId Room, UserId User, long TicketId, bool Matched);
