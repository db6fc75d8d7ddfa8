using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>What the matchmaker tells one client. Immutable; delivered in order through <see cref="IClientLink"/>.</summary>
public abstract record ServerEvent;

/// <summary>What a client is doing.</summary>
public enum ClientState : byte
{
    /// <summary>Neither searching nor in a room.</summary>
    Idle,

    /// <summary>Waiting for a stranger.</summary>
    Searching,

    /// <summary>In a room with a peer.</summary>
    InRoom,
}

/// <summary>Answer to a connection: who the client is and where it stands. Always the first event of a link.</summary>
/// <param name="User">The client's identity.</param>
/// <param name="Resumed">Whether a valid session was presented.</param>
/// <param name="State">Where the client stands.</param>
/// <param name="Chat">The chat type when searching or in a room.</param>
/// <param name="Match">The present room when in one; its <see cref="Matched.AckMs"/> is what remains, at least 0.</param>
/// <param name="GraceMs">How long, in milliseconds, identity, place and room outlive a dropped connection.</param>
public sealed record Welcome(
    UserId User, bool Resumed, ClientState State, ChatType? Chat, Matched? Match, int GraceMs) : ServerEvent;

/// <summary>The client waits for a stranger.</summary>
/// <param name="Chat">The chat type.</param>
/// <param name="Waiting">People waiting for that chat type, this one included; approximate in a cluster.</param>
/// <param name="Requeued">True when the server put the client back by itself.</param>
public sealed record Searching(ChatType Chat, int Waiting, bool Requeued) : ServerEvent;

/// <summary>A stranger is found.</summary>
/// <param name="Room">The room both are in.</param>
/// <param name="Self">Who this side is in the room.</param>
/// <param name="Peer">Who the stranger is in the room; in every other room another.</param>
/// <param name="Initiator">Whether this side makes the offer: true for the ordinally smaller seat.</param>
/// <param name="Chat">The chat type.</param>
/// <param name="Common">Interests both gave, normalized; empty when none.</param>
/// <param name="AckMs">How long, in milliseconds, this side has to acknowledge.</param>
public sealed record Matched(
    RoomId Room, SeatId Self, SeatId Peer, bool Initiator, ChatType Chat, ImmutableArray<string> Common, int AckMs) : ServerEvent;

/// <summary>The peer is out of the room for good; the client is idle unless a <see cref="Searching"/> follows.</summary>
public sealed record PeerLeft(RoomId Room, LeaveReason Reason) : ServerEvent;

/// <summary>The peer's connection dropped and may come back within the grace.</summary>
public sealed record PeerAway(RoomId Room) : ServerEvent;

/// <summary>The peer's connection is back.</summary>
public sealed record PeerBack(RoomId Room) : ServerEvent;
