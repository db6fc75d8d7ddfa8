namespace Camdiv.Matchmaking;

/// <summary>
/// One member's view of its room. A room is two such sides; each owns its own half (acknowledged, away, left) and
/// learns the other's from <see cref="MemberUpdate"/>s, so no third party need live for the room to live.
/// </summary>
internal sealed class RoomSide
{
    public required Offer Offer;
    public required RelayInbox Inbox;
    public required long AckDeadlineMs;

    /// <summary>When the user was told of the room, as far as this host knows, Unix milliseconds.</summary>
    public required long BegunAtMs;

    /// <summary>Where the peer's session is hosted; changes when the peer resumes elsewhere.</summary>
    public required HostId PeerHost;

    /// <summary>The way for frames to a peer hosted elsewhere, as last set.</summary>
    public IRelayTarget? RemoteRoute;

    /// <summary>Where <see cref="RemoteRoute"/> leads.</summary>
    public HostId RemoteRouteHost;

    /// <summary>The last number that this member's frames carried from the host where its session was before.</summary>
    public long Sent;

    /// <summary>Frames that the member sent there and that still wait for the way to the peer, oldest first.</summary>
    public IReadOnlyList<byte[]> Unsent = [];

    /// <summary>Since when another host asks for the session while frames are under way; 0: none does.</summary>
    public long LeavingSinceMs;

    public long Version;
    public bool Acked;

    /// <summary>The member has sent a frame.</summary>
    public bool Spoke;

    /// <summary>Whether this side has been looked at for what proves it good.</summary>
    public bool Judged;

    /// <summary>It came from another host or a copy, so that what was said before is not known.</summary>
    public bool Brought;

    /// <summary>Whether the user's report of this room is recorded.</summary>
    public bool Reported;

    public long PeerVersion;
    public bool PeerAcked;
    public bool PeerAway;
    public long PeerAwaySinceMs;
    public bool PeerAwayTold;

    /// <summary>The peer fell out before both acknowledged while this side's own time to do so still runs.</summary>
    public bool PeerLost;

    public RoomId Id => Offer.Room;

    public Matched ToEvent(long nowMs) => new(
        Offer.Room,
        Offer.Seat,
        Offer.PeerSeat,
        Offer.Initiator,
        Offer.Chat,
        Offer.Common,
        Acked ? 0 : (int)Math.Max(0, AckDeadlineMs - nowMs));
}

/// <summary>The room a user was in last: whom it may still report or block, and whom it avoids for a while.</summary>
internal sealed record LastRoom(RoomId Room, UserId Partner, ChatType Chat, long EndedAtMs, LeaveReason Reason)
{
    /// <summary>Whether the user was told, or caused, the end; an away user hears of it on resume.</summary>
    public bool Told;

    /// <summary>Whether the user's report of it is recorded.</summary>
    public bool Reported;
}
