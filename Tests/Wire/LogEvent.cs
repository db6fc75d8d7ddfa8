namespace Camdiv.Tests.Wire;

/// <summary>What happened to a client, as it saw or did it.</summary>
public enum LogKind : byte
{
    /// <summary>It opened a connection. From here on the server may hold it for alive.</summary>
    Connecting,

    /// <summary>It got <c>welcome</c>. Peer: its own user id. Room: the room it is in, if any. Detail: state.</summary>
    Welcome,

    /// <summary>It sent <c>start</c>. Detail: chat type.</summary>
    Start,

    /// <summary>It sent <c>stop</c>.</summary>
    Stop,

    /// <summary>It sent <c>ack</c> or the first relay frame of a room.</summary>
    Ack,

    /// <summary>It sent <c>block</c>.</summary>
    Block,

    /// <summary>The test cut its socket.</summary>
    Drop,

    /// <summary>Its connection ended otherwise: closed by the server, lost, or closed in order by the client.</summary>
    Closed,

    /// <summary>It got <c>searching</c>. Detail: chat type, plus <see cref="LogEvent.Flag"/> when requeued.</summary>
    Searching,

    /// <summary>It got <c>matched</c>. Detail: chat type, plus <see cref="LogEvent.Flag"/> when initiator and
    /// <see cref="LogEvent.Larger"/> when initiator by the larger id. Peer and Self: who the two are in that room.</summary>
    Matched,

    /// <summary>It got <c>peer-left</c>. Detail: reason.</summary>
    PeerLeft,

    /// <summary>It got <c>peer-away</c>.</summary>
    PeerAway,

    /// <summary>It got <c>peer-back</c>.</summary>
    PeerBack,

    /// <summary>It got a relay frame that names another room than its present one.</summary>
    StrayFrame,

    /// <summary>It got <c>error</c>.</summary>
    Error,
}

/// <summary>One line of a <see cref="ClientLog"/>, 40 bytes.</summary>
/// <param name="At">When, in microseconds of <see cref="WireClock"/>.</param>
/// <param name="Room">The room it is about.</param>
/// <param name="Peer">The user it is about.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">See <see cref="LogKind"/>.</param>
/// <param name="Self">Who the client is in the room it was told of.</param>
public readonly record struct LogEvent(
    long At, WireId Room, WireId Peer, LogKind Kind, byte Detail, WireId Self = default)
{
    /// <summary>Set in <see cref="Detail"/> beside a chat type: initiator, or requeued.</summary>
    public const byte Flag = 0x80;

    /// <summary>Set in <see cref="Detail"/> beside <see cref="Flag"/>: initiator although its id in the room is the larger.</summary>
    public const byte Larger = 0x40;

    /// <summary>The chat type in <see cref="Detail"/>: 0 video, 1 audio, 2 text.</summary>
    public int Chat => Detail & 0x0f;

    /// <summary>Whether <see cref="Flag"/> is set.</summary>
    public bool Flagged => (Detail & Flag) != 0;
}

/// <summary>The words of the protocol as the small numbers a log keeps.</summary>
public static class LogCodes
{
    /// <summary>State of <c>welcome</c>: idle.</summary>
    public const byte Idle = 0;

    /// <summary>State of <c>welcome</c>: searching.</summary>
    public const byte Searching = 1;

    /// <summary>State of <c>welcome</c>: in a room.</summary>
    public const byte InRoom = 2;

    /// <summary>Reason of <c>peer-left</c>: unresponsive.</summary>
    public const byte Unresponsive = 3;

    private static readonly string[] Chats = ["video", "audio", "text"];
    private static readonly string[] States = ["idle", "searching", "in-room"];
    private static readonly string[] Reasons = ["next", "stop", "gone", "unresponsive", "blocked"];

    /// <summary>Number of a chat type; 15 when unknown.</summary>
    public static byte Chat(string? text) => Index(Chats, text, 15);

    /// <summary>Number of a state of <c>welcome</c>.</summary>
    public static byte State(string? text) => Index(States, text, 15);

    /// <summary>Number of a reason of <c>peer-left</c>.</summary>
    public static byte Reason(string? text) => Index(Reasons, text, 15);

    /// <summary>Name of a chat type.</summary>
    public static string ChatName(int chat) => (uint)chat < (uint)Chats.Length ? Chats[chat] : "unknown";

    private static byte Index(string[] words, string? text, byte otherwise)
    {
        var index = Array.IndexOf(words, text);
        return index < 0 ? otherwise : (byte)index;
    }
}
