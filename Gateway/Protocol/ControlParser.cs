using System.Text.Json;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Protocol;

/// <summary>
/// Reads control messages. Strict about what the protocol names, blind to fields it does not; a field given twice is
/// refused, for no two parsers agree on which of them counts.
/// </summary>
internal static class ControlParser
{
    /// <summary>Longest <c>client</c>, in UTF-16 code units.</summary>
    public const int MaxClientLength = 64;

    /// <summary>Longest <c>reason</c>, in UTF-16 code units.</summary>
    public const int MaxReasonLength = 500;

    private static readonly string[] Candidates = ["host", "srflx", "prflx", "relay"];
    private static readonly string[] Protocols = ["udp", "tcp", "tls"];

    /// <summary>Parses one frame.</summary>
    /// <param name="frame">The whole frame, valid UTF-8.</param>
    /// <param name="fault">What is wrong, when null is returned.</param>
    public static ControlMessage? Parse(ReadOnlySpan<byte> frame, out FrameFault fault)
    {
        try
        {
            return Dispatch(frame, out fault);
        }
        catch (JsonException)
        {
            fault = new FrameFault(ErrorCodes.BadMessage, "The frame is not a JSON object.");
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for a string with half a surrogate pair.
            fault = new FrameFault(ErrorCodes.BadMessage, "A string in the frame is not valid Unicode.");
        }
        return null;
    }

    private static ControlMessage? Dispatch(ReadOnlySpan<byte> frame, out FrameFault fault)
    {
        var type = new FieldReader(frame, "type").RequiredText("type", 1, int.MaxValue, out fault);
        return type switch
        {
            null => null,
            "hello" => ParseHello(new FieldReader(frame, "session", "room", "client"), out fault),
            "start" => ParseStart(new FieldReader(frame, "chat", "interests", "languages"), out fault),
            "stop" => StopMessage.Instance,
            "ack" => ParseAck(new FieldReader(frame, "room"), out fault),
            "connected" => ParseConnected(new FieldReader(frame, "room", "candidate", "protocol", "ms"), out fault),
            "report" => ParseReport(new FieldReader(frame, "room", "reason"), out fault),
            "forget" => ForgetMessage.Instance,
            "block" => ParseBlock(new FieldReader(frame, "room"), out fault),
            _ => Unknown(out fault),
        };
    }

    private static HelloMessage? ParseHello(FieldReader fields, out FrameFault fault)
    {
        var session = fields.OptionalText("session", int.MaxValue, out fault);
        var room = fault.Code is null ? fields.OptionalText("room", int.MaxValue, out fault) : null;
        var client = fault.Code is null ? fields.OptionalText("client", MaxClientLength, out fault) : null;
        if (fault.Code is not null)
        {
            return null;
        }
        // A name that cannot be a room's is no room the client could be in.
        return new HelloMessage(session, room is not null && RoomId.IsWellFormed(room) ? new RoomId(room) : null, client);
    }

    private static StartMessage? ParseStart(FieldReader fields, out FrameFault fault)
    {
        var chat = fields.RequiredWord("chat", ProtocolWords.Chats, out fault);
        var interests = fault.Code is null ? fields.OptionalTexts("interests", SearchRequest.MaxInterests, out fault) : null;
        var languages = fault.Code is null ? fields.OptionalTexts("languages", SearchRequest.MaxLanguages, out fault) : null;
        if (fault.Code is not null)
        {
            return null;
        }
        if (!SearchRequest.TryCreate((ChatType)ProtocolWords.Chats.IndexOf(chat!), interests, languages, out var request, out var bad))
        {
            fault = bad == "interests"
                ? FieldReader.Bad(bad, $"must be at most {SearchRequest.MaxInterests} strings of 1 to {SearchRequest.MaxInterestLength} characters")
                : FieldReader.Bad(bad, $"must be at most {SearchRequest.MaxLanguages} BCP 47 language tags");
            return null;
        }
        return new StartMessage(request);
    }

    private static AckMessage? ParseAck(FieldReader fields, out FrameFault fault) =>
        fields.RequiredRoom(out fault) is { } room ? new AckMessage(room) : null;

    private static BlockMessage? ParseBlock(FieldReader fields, out FrameFault fault) =>
        fields.RequiredRoom(out fault) is { } room ? new BlockMessage(room) : null;

    private static ConnectedMessage? ParseConnected(FieldReader fields, out FrameFault fault)
    {
        var room = fields.RequiredRoom(out fault);
        var candidate = fault.Code is null ? fields.RequiredWord("candidate", Candidates, out fault) : null;
        var protocol = fault.Code is null ? fields.RequiredWord("protocol", Protocols, out fault) : null;
        var ms = fault.Code is null ? fields.RequiredNumber("ms", out fault) : 0;
        return fault.Code is null ? new ConnectedMessage(room!.Value, candidate!, protocol!, ms) : null;
    }

    private static ReportMessage? ParseReport(FieldReader fields, out FrameFault fault)
    {
        var room = fields.RequiredRoom(out fault);
        var reason = fault.Code is null ? fields.RequiredText("reason", 1, MaxReasonLength, out fault) : null;
        return reason is null ? null : new ReportMessage(room!.Value, reason);
    }

    private static ControlMessage? Unknown(out FrameFault fault)
    {
        fault = new FrameFault(ErrorCodes.UnknownType, "No message has this 'type'.");
        return null;
    }
}
