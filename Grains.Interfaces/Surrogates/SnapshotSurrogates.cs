using Camdiv.Matchmaking;

namespace Camdiv.Grains.Surrogates;

/// <summary>
/// How a <see cref="TicketSnapshot"/> travels: with its age, which becomes a moment of the receiver's clock. 3 was a
/// moment of the sender's clock.
/// </summary>
[GenerateSerializer, Immutable, Alias("camdiv.TicketSnapshot")]
public struct TicketSnapshotSurrogate
{
    /// <summary>The chat type.</summary>
    [Id(0)]
    public ChatType Chat;

    /// <summary>Normalized interests.</summary>
    [Id(1)]
    public string[] Interests;

    /// <summary>Primary language subtags.</summary>
    [Id(2)]
    public string[] Languages;

    /// <summary>Whether it is a survivor's.</summary>
    [Id(4)]
    public bool Front;

    /// <summary>How long the user has waited, in ms.</summary>
    [Id(5)]
    public long WaitedMs;
}

/// <summary>Converts a <see cref="TicketSnapshot"/>.</summary>
/// <param name="clock">The process's clock.</param>
[RegisterConverter]
public sealed class TicketSnapshotConverter(Clock clock) : IConverter<TicketSnapshot, TicketSnapshotSurrogate>
{
    /// <inheritdoc/>
    public TicketSnapshot ConvertFromSurrogate(in TicketSnapshotSurrogate surrogate) => new()
    {
        Chat = surrogate.Chat,
        Interests = surrogate.Interests,
        Languages = surrogate.Languages,
        SinceMs = clock.MomentOf(surrogate.WaitedMs),
        Front = surrogate.Front,
    };

    /// <inheritdoc/>
    public TicketSnapshotSurrogate ConvertToSurrogate(in TicketSnapshot value) => new()
    {
        Chat = value.Chat,
        Interests = value.Interests,
        Languages = value.Languages,
        Front = value.Front,
        WaitedMs = clock.AgeOf(value.SinceMs),
    };
}

/// <summary>How a <see cref="RoomSnapshot"/> travels. 10 was a moment of the sender's clock.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.RoomSnapshot")]
public struct RoomSnapshotSurrogate
{
    /// <summary>The room.</summary>
    [Id(0)]
    public string Room;

    /// <summary>The peer.</summary>
    [Id(1)]
    public string Peer;

    /// <summary>The chat type.</summary>
    [Id(2)]
    public ChatType Chat;

    /// <summary>Shared interests.</summary>
    [Id(3)]
    public string[] Common;

    /// <summary>The search to go back to.</summary>
    [Id(4)]
    public TicketSnapshot Search;

    /// <summary>Acknowledged.</summary>
    [Id(5)]
    public bool Acked;

    /// <summary>Acknowledged by the peer.</summary>
    [Id(6)]
    public bool PeerAcked;

    /// <summary>The peer's gateway.</summary>
    [Id(7)]
    public string PeerHost;

    /// <summary>Version of this side.</summary>
    [Id(8)]
    public long Version;

    /// <summary>Version of the peer's side.</summary>
    [Id(9)]
    public long PeerVersion;

    /// <summary>Who this side is in the room.</summary>
    [Id(11)]
    public string Seat;

    /// <summary>Who the peer is in the room.</summary>
    [Id(12)]
    public string PeerSeat;

    /// <summary>In how many ms this side's time to acknowledge is up; negative when it has been for long.</summary>
    [Id(13)]
    public long AckInMs;

    /// <summary>Reported by this side.</summary>
    [Id(14)]
    public bool Reported;
}

/// <summary>Converts a <see cref="RoomSnapshot"/>.</summary>
/// <param name="clock">The process's clock.</param>
[RegisterConverter]
public sealed class RoomSnapshotConverter(Clock clock) : IConverter<RoomSnapshot, RoomSnapshotSurrogate>
{
    /// <inheritdoc/>
    public RoomSnapshot ConvertFromSurrogate(in RoomSnapshotSurrogate surrogate) => new()
    {
        Room = surrogate.Room,
        Peer = surrogate.Peer,
        Chat = surrogate.Chat,
        Common = surrogate.Common,
        Search = surrogate.Search,
        Acked = surrogate.Acked,
        PeerAcked = surrogate.PeerAcked,
        PeerHost = surrogate.PeerHost,
        Version = surrogate.Version,
        PeerVersion = surrogate.PeerVersion,
        AckDeadlineMs = clock.EndOf(surrogate.AckInMs),
        Seat = surrogate.Seat,
        PeerSeat = surrogate.PeerSeat,
        Reported = surrogate.Reported,
    };

    /// <inheritdoc/>
    public RoomSnapshotSurrogate ConvertToSurrogate(in RoomSnapshot value) => new()
    {
        Room = value.Room,
        Peer = value.Peer,
        Chat = value.Chat,
        Common = value.Common,
        Search = value.Search,
        Acked = value.Acked,
        PeerAcked = value.PeerAcked,
        PeerHost = value.PeerHost,
        Version = value.Version,
        PeerVersion = value.PeerVersion,
        AckInMs = value.AckDeadlineMs - clock.NowMs,
        Seat = value.Seat,
        PeerSeat = value.PeerSeat,
        Reported = value.Reported,
    };
}

/// <summary>How a <see cref="SessionSnapshot"/> travels. 6 was a moment of the sender's clock.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.SessionSnapshot")]
public struct SessionSnapshotSurrogate
{
    /// <summary>The user.</summary>
    [Id(0)]
    public string User;

    /// <summary>The search in progress.</summary>
    [Id(1)]
    public TicketSnapshot? Ticket;

    /// <summary>The user's side of a room.</summary>
    [Id(2)]
    public RoomSnapshot? Room;

    /// <summary>The last partner.</summary>
    [Id(3)]
    public string? LastPartner;

    /// <summary>The last room.</summary>
    [Id(4)]
    public string? LastRoom;

    /// <summary>Its chat type.</summary>
    [Id(5)]
    public ChatType LastChat;

    /// <summary>How long ago it ended, in ms; 0 when there was none.</summary>
    [Id(7)]
    public long LastEndedAgoMs;

    /// <summary>Whether the user has proved good.</summary>
    [Id(8)]
    public bool Proven;

    /// <summary>Matches in a row that were not acknowledged.</summary>
    [Id(9)]
    public int Failures;

    /// <summary>How long the user is not matched yet because of them, in ms.</summary>
    [Id(10)]
    public long PauseMs;

    /// <summary>Whether the last room was reported.</summary>
    [Id(11)]
    public bool LastReported;
}

/// <summary>Converts a <see cref="SessionSnapshot"/>.</summary>
/// <param name="clock">The process's clock.</param>
[RegisterConverter]
public sealed class SessionSnapshotConverter(Clock clock) : IConverter<SessionSnapshot, SessionSnapshotSurrogate>
{
    /// <inheritdoc/>
    public SessionSnapshot ConvertFromSurrogate(in SessionSnapshotSurrogate surrogate) => new()
    {
        User = surrogate.User,
        Ticket = surrogate.Ticket,
        Room = surrogate.Room,
        LastPartner = surrogate.LastPartner,
        LastRoom = surrogate.LastRoom,
        LastChat = surrogate.LastChat,
        LastEndedAtMs = surrogate.LastRoom is null ? 0 : clock.MomentOf(surrogate.LastEndedAgoMs),
        Proven = surrogate.Proven,
        Failures = surrogate.Failures,
        PauseMs = surrogate.PauseMs,
        LastReported = surrogate.LastReported,
    };

    /// <inheritdoc/>
    public SessionSnapshotSurrogate ConvertToSurrogate(in SessionSnapshot value) => new()
    {
        User = value.User,
        Ticket = value.Ticket,
        Room = value.Room,
        LastPartner = value.LastPartner,
        LastRoom = value.LastRoom,
        LastChat = value.LastChat,
        LastEndedAgoMs = value.LastRoom is null ? 0 : clock.AgeOf(value.LastEndedAtMs),
        Proven = value.Proven,
        Failures = value.Failures,
        PauseMs = value.PauseMs,
        LastReported = value.LastReported,
    };
}
