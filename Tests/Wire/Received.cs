using System.Text;
using System.Text.Json;

namespace Camdiv.Tests.Wire;

/// <summary>One frame a client received, with the time it came.</summary>
public sealed class Received
{
    private readonly JsonElement _json;

    internal Received(int index, TimeSpan at, ReadOnlySpan<byte> bytes, bool binary)
    {
        Index = index;
        At = at;
        Binary = binary;
        Bytes = bytes.ToArray();
        Text = Encoding.UTF8.GetString(bytes);
        if (!binary && Text.StartsWith('{'))
        {
            using var document = JsonDocument.Parse(Bytes);
            _json = document.RootElement.Clone();
            Type = String("type");
            Room = String("room");
        }
        else if (!binary && Text.StartsWith('>') && Text.IndexOf('|') is > 0 and var bar)
        {
            Room = Text[1..bar];
            Payload = Text[(bar + 1)..];
        }
    }

    /// <summary>Its place in the client's log, from 0.</summary>
    public int Index { get; }

    /// <summary>When it came, since the connection was opened.</summary>
    public TimeSpan At { get; }

    /// <summary>The frame as text.</summary>
    public string Text { get; }

    /// <summary>The frame's bytes.</summary>
    public byte[] Bytes { get; }

    /// <summary>Whether it was a binary frame.</summary>
    public bool Binary { get; }

    /// <summary>The <c>type</c> of a control message; null for anything else.</summary>
    public string? Type { get; }

    /// <summary>The room a control message or a relay frame names.</summary>
    public string? Room { get; }

    /// <summary>What a relay frame carries; null for anything else.</summary>
    public string? Payload { get; }

    /// <summary>The whole control message.</summary>
    public JsonElement Json => _json;

    /// <summary>Self of <c>matched</c>: who this client is in the room.</summary>
    public string? Self => String("self");

    /// <summary>Peer of <c>matched</c>: who the stranger is in the room.</summary>
    public string? Peer => String("peer");

    /// <summary>Reason of <c>peer-left</c>.</summary>
    public string? Reason => String("reason");

    /// <summary>Code of <c>error</c>.</summary>
    public string? Code => String("code");

    /// <summary>State of <c>welcome</c>.</summary>
    public string? State => String("state");

    /// <summary>Chat type.</summary>
    public string? Chat => String("chat");

    /// <summary>Whether <c>matched</c> makes this client the initiator.</summary>
    public bool Initiator => Is("initiator");

    /// <summary>A string field; null when absent or of another kind.</summary>
    public string? String(string field) =>
        Has(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A number field; null when absent or of another kind.</summary>
    public double? Number(string field) =>
        Has(field, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    /// <summary>Whether a field is present and true.</summary>
    public bool Is(string field) => Has(field, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The strings of an array field; null when absent.</summary>
    public string[]? Strings(string field) =>
        Has(field, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")]
            : null;

    /// <summary>Whether a field is present.</summary>
    public bool Has(string field) => Has(field, out _);

    /// <inheritdoc/>
    public override string ToString() => Text.Length > 300 ? $"{Text[..300]}... ({Text.Length} characters)" : Text;

    private bool Has(string field, out JsonElement value)
    {
        value = default;
        return _json.ValueKind == JsonValueKind.Object && _json.TryGetProperty(field, out value);
    }
}

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close frame's code; null when the connection ended without one.</param>
/// <param name="Reason">The close frame's text.</param>
/// <param name="At">When, since the connection was opened.</param>
public readonly record struct WireClosing(int? Code, string? Reason, TimeSpan At);

/// <summary>The server refused the WebSocket handshake.</summary>
public sealed class HandshakeRefusedException(int status, Exception inner)
    : Exception($"The WebSocket handshake was refused with HTTP status {status}.", inner)
{
    /// <summary>HTTP status of the refusal; 0 when there was none.</summary>
    public int Status { get; } = status;
}
