using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Camdiv.Tests.Wire;

public sealed partial class WireClient
{
    // Relaxed escaping keeps non-ASCII text readable in a failing test's message.
    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends <c>hello</c>.</summary>
    public Task HelloAsync(string? session = null, string? room = null, string? client = null)
    {
        var message = new JsonObject { ["type"] = "hello" };
        Set(message, "session", session);
        Set(message, "room", room);
        Set(message, "client", client);
        return SendAsync(message);
    }

    /// <summary>Sends <c>start</c>: look for a stranger, or for the next one.</summary>
    public Task StartAsync(string chat = "video", string[]? interests = null, string[]? languages = null)
    {
        var message = new JsonObject { ["type"] = "start", ["chat"] = chat };
        Set(message, "interests", interests);
        Set(message, "languages", languages);
        Log.Started(LogCodes.Chat(chat));
        return SendAsync(message);
    }

    /// <summary>Sends <c>stop</c>.</summary>
    public Task StopAsync()
    {
        Log.Stopped();
        return SendAsync(new JsonObject { ["type"] = "stop" });
    }

    /// <summary>Sends <c>ack</c>, for the present room unless another is named.</summary>
    public Task AckAsync(string? room = null)
    {
        Log.Acked(Log.Id(room ?? Room));
        return SendAsync(new JsonObject { ["type"] = "ack", ["room"] = room ?? Room });
    }

    /// <summary>Sends <c>connected</c>.</summary>
    public Task ConnectedAsync(
        string? room = null, string candidate = "host", string protocol = "udp", double ms = 150) =>
        SendAsync(new JsonObject
        {
            ["type"] = "connected",
            ["room"] = room ?? Room,
            ["candidate"] = candidate,
            ["protocol"] = protocol,
            ["ms"] = ms,
        });

    /// <summary>Sends <c>report</c>.</summary>
    public Task ReportAsync(string reason, string? room = null) =>
        SendAsync(new JsonObject { ["type"] = "report", ["room"] = room ?? Room, ["reason"] = reason });

    /// <summary>Sends <c>forget</c>: the identity is to end, and the room or queue to be left.</summary>
    public Task ForgetAsync()
    {
        Log.Stopped();
        return SendAsync(new JsonObject { ["type"] = "forget" });
    }

    /// <summary>Sends <c>block</c>.</summary>
    public Task BlockAsync(string? room = null)
    {
        Log.Blocked(Log.Id(room ?? Room));
        return SendAsync(new JsonObject { ["type"] = "block", ["room"] = room ?? Room });
    }

    /// <summary>Sends a relay frame.</summary>
    public Task RelayAsync(string payload, string? room = null)
    {
        Log.Acked(Log.Id(room ?? Room));
        return SendRawAsync($">{room ?? Room}|{payload}");
    }

    /// <summary>Sends a control message of any shape.</summary>
    public Task SendAsync(JsonNode message) => SendRawAsync(message.ToJsonString(Plain));

    /// <summary>Sends a text frame as it is.</summary>
    public Task SendRawAsync(string text) => SendFrameAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    /// <summary>Sends a text frame of any bytes, UTF-8 or not.</summary>
    public Task SendRawAsync(ReadOnlyMemory<byte> bytes) => SendFrameAsync(bytes, WebSocketMessageType.Text);

    /// <summary>Sends a binary frame.</summary>
    public Task SendBinaryAsync(ReadOnlyMemory<byte> bytes) => SendFrameAsync(bytes, WebSocketMessageType.Binary);

    /// <summary>Sends a text message in fragments.</summary>
    public async Task SendFragmentedAsync(params ReadOnlyMemory<byte>[] fragments)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            for (var i = 0; i < fragments.Length; i++)
            {
                await _socket.SendAsync(
                    fragments[i], WebSocketMessageType.Text, i == fragments.Length - 1, CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Writes bytes beneath the WebSocket framing.</summary>
    public async Task SendBeneathAsync(ReadOnlyMemory<byte> bytes)
    {
        var transport = _transport ?? throw new InvalidOperationException($"{Name} is not connected.");
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await transport.SendAsync(bytes).ConfigureAwait(false)..];
        }
    }

    private static void Set(JsonObject message, string field, string? value)
    {
        if (value is not null)
        {
            message[field] = value;
        }
    }

    private static void Set(JsonObject message, string field, string[]? values)
    {
        if (values is not null)
        {
            message[field] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        }
    }

    private async Task SendFrameAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType kind)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            using var limit = new CancellationTokenSource(_options.Patience);
            await _socket.SendAsync(bytes, kind, WebSocketMessageFlags.EndOfMessage, limit.Token)
                .ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }
}
