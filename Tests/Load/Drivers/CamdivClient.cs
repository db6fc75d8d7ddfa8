using System.Text;
using System.Text.Json;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Drivers;

/// <summary>A client of <c>camdiv.v1</c> that costs little: it acknowledges matches and keeps what resuming takes.</summary>
internal sealed class CamdivClient(
    LoadLoop loop, IReadOnlyList<Endpoint> endpoints, int index, ILoadEvents events, ClientLog log)
    : ILoadClient, IConnectionEvents
{
    private WebSocketConnection? _connection;
    private string? _session;
    private byte[] _room = [];
    private int _turn = index;

    public void Open()
    {
        log.Connecting();
        _connection = new WebSocketConnection(loop, this);
        _connection.Open(endpoints[_turn % endpoints.Count], "/ws", "camdiv.v1");
    }

    public void Start(string chat, string? interest = null)
    {
        log.Started(LogCodes.Chat(chat));
        Send(interest is null
            ? $"{{\"type\":\"start\",\"chat\":\"{chat}\"}}"
            : $"{{\"type\":\"start\",\"chat\":\"{chat}\",\"interests\":[\"{interest}\"]}}");
    }

    public void Stop()
    {
        log.Stopped();
        Send("{\"type\":\"stop\"}");
    }

    public void Relay(ReadOnlySpan<byte> payload)
    {
        var length = _room.Length + payload.Length + 2;
        var frame = WebSocketConnection.Compose(length);
        frame[0] = (byte)'>';
        _room.CopyTo(frame[1..]);
        frame[_room.Length + 1] = (byte)'|';
        payload.CopyTo(frame[(_room.Length + 2)..]);
        _connection?.SendText(length);
    }

    public void Drop()
    {
        log.Dropped();
        _connection?.Drop();
    }

    public void Close() => _connection?.Close();

    public void OnOpen() => Send(_session is null ? "{\"type\":\"hello\",\"client\":\"load\"}" : $"{{\"type\":\"hello\",\"session\":\"{_session}\"}}");

    public void OnClosed(int? code, string? fault)
    {
        log.Closed();
        // Its gateway may be gone for good; another one takes the session over.
        _turn++;
        events.OnClosed(code, fault);
    }

    public void OnText(ReadOnlySpan<byte> message)
    {
        if (message is [(byte)'>', ..] && message.IndexOf((byte)'|') is > 0 and var bar)
        {
            var room = message[1..bar];
            log.Frame(WireId.Of(room));
            if (room.SequenceEqual(_room))
            {
                events.OnFrame(message[(bar + 1)..]);
            }
            return;
        }
        var fields = CamdivMessage.Read(message);
        switch (fields.Type)
        {
            case "welcome":
                OnWelcome(fields);
                break;
            case "session":
                _session = fields.Session;
                break;
            case "searching":
                log.Searching(LogCodes.Chat(fields.Chat), fields.Requeued);
                events.OnSearching(fields.Requeued);
                break;
            case "matched":
                OnMatched(fields);
                break;
            case "peer-left":
                log.PeerLeft(WireId.Of(fields.Room), LogCodes.Reason(fields.Reason));
                events.OnPeerLeft();
                break;
            case "peer-away" or "peer-back":
                log.PeerMoved(WireId.Of(fields.Room), fields.Type == "peer-away");
                break;
            case "error":
                log.Error();
                events.OnError(fields.Code ?? "?");
                break;
        }
    }

    private void OnWelcome(in CamdivMessage fields)
    {
        _session = fields.Session;
        log.Welcomed(fields.User!, fields.State!, fields.State == "in-room" ? fields.Room : null);
        if (fields.State == "in-room")
        {
            _room = Encoding.ASCII.GetBytes(fields.Room!);
            // What the drop cut off may have been the acknowledgement.
            Acknowledge();
        }
        events.OnReady(fields.State switch
        {
            "in-room" => Standing.InRoom,
            "searching" => Standing.Searching,
            _ => Standing.Idle,
        });
    }

    private void OnMatched(in CamdivMessage fields)
    {
        _room = Encoding.ASCII.GetBytes(fields.Room!);
        var room = WireId.Of(fields.Room);
        log.Matched(room, fields.Self, fields.Peer, fields.Initiator, LogCodes.Chat(fields.Chat));
        Acknowledge();
        events.OnMatched(fields.Initiator, room);
    }

    private void Acknowledge()
    {
        log.Acked(WireId.Of(_room));
        var ack = "{\"type\":\"ack\",\"room\":\""u8;
        var frame = WebSocketConnection.Compose(ack.Length + _room.Length + 2);
        ack.CopyTo(frame);
        _room.CopyTo(frame[ack.Length..]);
        "\"}"u8.CopyTo(frame[(ack.Length + _room.Length)..]);
        _connection?.SendText(frame.Length);
    }

    private void Send(string text)
    {
        var frame = WebSocketConnection.Compose(text.Length);
        _connection?.SendText(Encoding.ASCII.GetBytes(text, frame));
    }
}

/// <summary>The fields of a server's control message that a load client looks at.</summary>
internal struct CamdivMessage
{
    public string? Type, User, Session, State, Room, Self, Peer, Chat, Reason, Code;
    public bool Initiator, Requeued;

    public static CamdivMessage Read(ReadOnlySpan<byte> json)
    {
        var fields = default(CamdivMessage);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            // The match inside welcome has the fields of matched, so its depth does not matter.
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }
            if (reader.ValueTextEquals("type"u8))
            {
                fields.Type = Word(ref reader);
            }
            else if (reader.ValueTextEquals("room"u8))
            {
                fields.Room = Text(ref reader);
            }
            else if (reader.ValueTextEquals("self"u8))
            {
                fields.Self = Text(ref reader);
            }
            else if (reader.ValueTextEquals("peer"u8))
            {
                fields.Peer = Text(ref reader);
            }
            else if (reader.ValueTextEquals("user"u8))
            {
                fields.User = Text(ref reader);
            }
            else if (reader.ValueTextEquals("session"u8))
            {
                fields.Session = Text(ref reader);
            }
            else if (reader.ValueTextEquals("state"u8))
            {
                fields.State = Word(ref reader);
            }
            else if (reader.ValueTextEquals("chat"u8))
            {
                fields.Chat = Word(ref reader);
            }
            else if (reader.ValueTextEquals("reason"u8))
            {
                fields.Reason = Word(ref reader);
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                fields.Code = Word(ref reader);
            }
            else if (reader.ValueTextEquals("initiator"u8))
            {
                fields.Initiator = reader.Read() && reader.TokenType == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("requeued"u8))
            {
                fields.Requeued = reader.Read() && reader.TokenType == JsonTokenType.True;
            }
        }
        return fields;
    }

    private static string? Text(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    // The protocol's own words come over and over; one copy of each is enough.
    private static string? Word(ref Utf8JsonReader reader) => Text(ref reader) is { } text ? string.Intern(text) : null;
}
