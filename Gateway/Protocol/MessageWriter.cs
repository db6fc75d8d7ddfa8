using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Protocol;

/// <summary>
/// Writes server messages as UTF-8 into a buffer of the calling thread. A span it returns is good until the thread's
/// next write, which is enough to copy it into an outbound queue.
/// </summary>
internal static class MessageWriter
{
    private static readonly MessageJsonContext Json = MessageJsonContext.Default;

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>Writes an event of the engine; <see cref="Welcome"/> has its own overload.</summary>
    public static ReadOnlySpan<byte> Write(ServerEvent message) => message switch
    {
        Searching m => Write(new SearchingJson("searching", ProtocolWords.Of(m.Chat), m.Waiting, m.Requeued), Json.SearchingJson),
        Matched m => Write(
            new MatchedJson(
                "matched", m.Room.Value, m.Self.Value, m.Peer.Value, m.Initiator, ProtocolWords.Of(m.Chat), Listed(m), m.AckMs),
            Json.MatchedJson),
        PeerLeft m => Write(new PeerLeftJson("peer-left", m.Room.Value, ProtocolWords.Of(m.Reason)), Json.PeerLeftJson),
        PeerAway m => Write(new RoomJson("peer-away", m.Room.Value), Json.RoomJson),
        PeerBack m => Write(new RoomJson("peer-back", m.Room.Value), Json.RoomJson),
        _ => throw new ArgumentException($"No frame for {message.GetType().Name}.", nameof(message)),
    };

    public static ReadOnlySpan<byte> Write(Welcome m, string session, int maxFrameBytes) => Write(
        new WelcomeJson(
            "welcome",
            m.User.Value,
            session,
            m.Resumed,
            ProtocolWords.Of(m.State),
            m.Chat is { } chat ? ProtocolWords.Of(chat) : null,
            m.Match is { } match
                ? new MatchJson(
                    match.Room.Value,
                    match.Self.Value,
                    match.Peer.Value,
                    match.Initiator,
                    ProtocolWords.Of(match.Chat),
                    Listed(match),
                    match.AckMs)
                : null,
            m.GraceMs,
            maxFrameBytes),
        Json.WelcomeJson);

    public static ReadOnlySpan<byte> Session(string token) => Write(new SessionJson("session", token), Json.SessionJson);

    public static ReadOnlySpan<byte> Reported(string id) => Write(new ReportedJson("reported", id), Json.ReportedJson);

    public static ReadOnlySpan<byte> Draining(int retryMs) => Write(new DrainingJson("draining", retryMs), Json.DrainingJson);

    public static ReadOnlySpan<byte> Error(FrameFault fault, bool fatal) =>
        Write(new ErrorJson("error", fault.Code, fault.Message, fatal), Json.ErrorJson);

    private static System.Collections.Immutable.ImmutableArray<string> Listed(Matched match) =>
        match.Common.IsDefault ? [] : match.Common;

    private static ReadOnlySpan<byte> Write<T>(T message, JsonTypeInfo<T> type)
    {
        var scratch = _scratch ??= new Scratch();
        scratch.Buffer.ResetWrittenCount();
        scratch.Writer.Reset();
        JsonSerializer.Serialize(scratch.Writer, message, type);
        return scratch.Buffer.WrittenSpan;
    }

    private sealed class Scratch
    {
        public Scratch() => Writer = new Utf8JsonWriter(Buffer);

        public ArrayBufferWriter<byte> Buffer { get; } = new(512);

        public Utf8JsonWriter Writer { get; }
    }
}
