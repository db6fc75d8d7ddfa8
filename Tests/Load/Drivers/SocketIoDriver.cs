using System.Text;
using System.Text.Json;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Drivers;

/// <summary>Drives the baseline: Socket.IO 5 over Engine.IO 4, websocket transport, spoken by hand.</summary>
/// <param name="loop">What the clients run on.</param>
/// <param name="endpoint">Where it listens.</param>
/// <param name="bare">
/// Payloads travel as bare strings instead of in an object that names room and peer: cheaper, and open to frames of an
/// earlier room.
/// </param>
public sealed class SocketIoDriver(LoadLoop loop, Endpoint endpoint, bool bare = false) : ILoadDriver
{
    /// <inheritdoc/>
    public string Name => bare ? "bare baseline" : "baseline";

    /// <inheritdoc/>
    public bool RelayOnly => false;

    /// <inheritdoc/>
    public ILoadClient Create(ILoadEvents events, ClientLog log) => new SocketIoClient(loop, endpoint, events, log, bare);
}

internal sealed class SocketIoClient(LoadLoop loop, Endpoint endpoint, ILoadEvents events, ClientLog log, bool bare)
    : ILoadClient, IConnectionEvents
{
    private WebSocketConnection? _connection;
    private byte[] _signalHead = [];
    private WireId _room;
    private string _self = "";
    private string _peer = "";

    public void Open()
    {
        log.Connecting();
        _connection = new WebSocketConnection(loop, this);
        _connection.Open(endpoint, "/socket.io/?EIO=4&transport=websocket", null);
    }

    public void Start(string chat, string? interest = null)
    {
        log.Started(LogCodes.Chat(chat));
        Send(interest is null
            ? $"42[\"start\",{{\"chat\":\"{chat}\"}}]"
            : $"42[\"start\",{{\"chat\":\"{chat}\",\"interests\":[\"{interest}\"]}}]");
    }

    public void Stop()
    {
        log.Stopped();
        Send("42[\"stop\"]");
    }

    public void Relay(ReadOnlySpan<byte> payload)
    {
        var tail = bare ? "\"]"u8 : "\"}]"u8;
        var length = _signalHead.Length + payload.Length + tail.Length;
        var frame = WebSocketConnection.Compose(length);
        _signalHead.CopyTo(frame);
        payload.CopyTo(frame[_signalHead.Length..]);
        tail.CopyTo(frame[(length - tail.Length)..]);
        _connection?.SendText(length);
    }

    public void Drop()
    {
        log.Dropped();
        _connection?.Drop();
    }

    public void Close() => _connection?.Close();

    public void OnOpen()
    {
    }

    public void OnClosed(int? code, string? fault)
    {
        log.Closed();
        events.OnClosed(code, fault);
    }

    public void OnText(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("42[\"signal\","u8))
        {
            OnSignal(message);
        }
        else if (message.StartsWith("42[\"frame\","u8))
        {
            log.Frame(_room);
            events.OnFrame(message["42[\"frame\",\"".Length..^2]);
        }
        else if (message.StartsWith("42["u8))
        {
            OnEvent(message[2..]);
        }
        else if (message.StartsWith("40"u8))
        {
            using var json = JsonDocument.Parse(message[2..].ToArray());
            // A reconnect is a new identity: the design keeps nothing of the old one.
            _self = json.RootElement.GetProperty("sid").GetString()!;
            log.Welcomed(_self, "idle", null);
            events.OnReady(Standing.Idle);
        }
        else if (message is [(byte)'0', ..])
        {
            _connection?.SendText("40"u8);
        }
        else if (message is [(byte)'2'])
        {
            _connection?.SendText("3"u8);
        }
    }

    private void OnSignal(ReadOnlySpan<byte> message)
    {
        var field = "\"room\":\""u8;
        var room = message[(message.IndexOf(field) + field.Length)..];
        var id = WireId.Of(room[..room.IndexOf((byte)'"')]);
        log.Frame(id);
        var data = "\"data\":\""u8;
        if (id == _room)
        {
            events.OnFrame(message[(message.IndexOf(data) + data.Length)..^3]);
        }
    }

    private void OnEvent(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array);
        reader.Read();
        reader.Read();
        var name = reader.GetString();
        var fields = CamdivMessage.Read(array[(int)reader.BytesConsumed..^1].TrimStart((byte)','));
        switch (name)
        {
            case "searching":
                log.Searching(LogCodes.Chat(fields.Chat), fields.Requeued);
                events.OnSearching(fields.Requeued);
                break;
            case "matched":
                _room = WireId.Of(fields.Room);
                _peer = fields.Peer!;
                _signalHead = Encoding.ASCII.GetBytes(bare
                    ? "42[\"frame\",\""
                    : $"42[\"signal\",{{\"to\":\"{_peer}\",\"room\":\"{fields.Room}\",\"data\":\"");
                log.Matched(_room, _self, _peer, fields.Initiator, LogCodes.Chat(fields.Chat));
                log.Acked(_room);
                Send($"42[\"ack\",{{\"room\":\"{fields.Room}\"}}]");
                events.OnMatched(fields.Initiator, _room);
                break;
            case "peer-left":
                log.PeerLeft(WireId.Of(fields.Room), LogCodes.Reason(fields.Reason));
                events.OnPeerLeft();
                break;
        }
    }

    private void Send(string text)
    {
        var frame = WebSocketConnection.Compose(text.Length);
        _connection?.SendText(Encoding.ASCII.GetBytes(text, frame));
    }
}
