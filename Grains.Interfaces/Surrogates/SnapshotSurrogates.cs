using Camdiv.Matchmaking;

namespace Camdiv.Grains.Surrogates;

/// <summary>How a <see cref="TicketSnapshot"/> travels.</summary>
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

    /// <summary>Since when, Unix milliseconds.</summary>
    [Id(3)]
    public long SinceMs;

    /// <summary>Whether it is a survivor's.</summary>
    [Id(4)]
    public bool Front;
}

/// <summary>Converts a <see cref="TicketSnapshot"/>.</summary>
[RegisterConverter]
public sealed class TicketSnapshotConverter : IConverter<TicketSnapshot, TicketSnapshotSurrogate>
{
    /// <inheritdoc/>
    public TicketSnapshot ConvertFromSurrogate(in TicketSnapshotSurrogate surrogate) => new()
    {
        Chat = surrogate.Chat,
        Interests = surrogate.Interests,
        Languages = surrogate.Languages,
        SinceMs = surrogate.SinceMs,
        Front = surrogate.Front,
    };

    /// <inheritdoc/>
    public TicketSnapshotSurrogate ConvertToSurrogate(in TicketSnapshot value) => new()
    {
        Chat = value.Chat,
        Interests = value.Interests,
        Languages = value.Languages,
        SinceMs = value.SinceMs,
        Front = value.Front,
    };
}

/// <summary>How a <see cref="RoomSnapshot"/> travels.</summary>
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

    /// <summary>When this side's time to acknowledge is up, Unix milliseconds.</summary>
    [Id(10)]
    public long AckDeadlineMs;

    /// <summary>Who this side is in the room.</summary>
    [Id(11)]
    public string Seat;

    /// <summary>Who the peer is in the room.</summary>
    [Id(12)]
    public string PeerSeat;
}

/// <summary>Converts a <see cref="RoomSnapshot"/>.</summary>
[RegisterConverter]
public sealed class RoomSnapshotConverter : IConverter<RoomSnapshot, RoomSnapshotSurrogate>
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
        AckDeadlineMs = surrogate.AckDeadlineMs,
        Seat = surrogate.Seat,
        PeerSeat = surrogate.PeerSeat,
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
        AckDeadlineMs = value.AckDeadlineMs,
        Seat = value.Seat,
        PeerSeat = value.PeerSeat,
    };
}

/// <summary>How a <see cref="SessionSnapshot"/> travels.</summary>
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

    /// <summary>When it ended, Unix milliseconds.</summary>
    [Id(6)]
    public long LastEndedAtMs;

    /// <summary>Whether the user has proved good.</summary>
    [Id(8)]
    public bool Proven;

    /// <summary>Matches in a row that were not acknowledged.</summary>
    [Id(9)]
    public int Failures;

    /// <summary>How long the user is not matched yet because of them, in ms.</summary>
    [Id(10)]
    public long PauseMs;
}

/// <summary>Converts a <see cref="SessionSnapshot"/>.</summary>
[RegisterConverter]
public sealed class SessionSnapshotConverter : IConverter<SessionSnapshot, SessionSnapshotSurrogate>
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
        LastEndedAtMs = surrogate.LastEndedAtMs,
        Proven = surrogate.Proven,
        Failures = surrogate.Failures,
        PauseMs = surrogate.PauseMs,
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
        LastEndedAtMs = value.LastEndedAtMs,
        Proven = value.Proven,
        Failures = value.Failures,
        PauseMs = value.PauseMs,
    };
}
