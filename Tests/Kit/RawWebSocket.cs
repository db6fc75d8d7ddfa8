using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Camdiv.Tests.Kit;

/// <summary>A frame as it is on the wire.</summary>
/// <param name="Opcode">1 text, 2 binary, 8 close, 9 ping, 10 pong.</param>
/// <param name="Final">Whether it ends its message.</param>
/// <param name="Payload">Its content.</param>
public sealed record RawFrame(int Opcode, bool Final, byte[] Payload)
{
    /// <summary>The code of a close frame; null when it has none.</summary>
    public int? CloseCode => Opcode == 8 && Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : null;
}

/// <summary>A WebSocket without manners: frames of any shape, no automatic pong, the handshake in plain sight.</summary>
public sealed class RawWebSocket : IAsyncDisposable
{
    private readonly RawSocket _socket;
    private readonly NetworkStream _stream;

    private RawWebSocket(RawSocket socket)
    {
        _socket = socket;
        _stream = socket.Stream;
    }

    /// <summary>The status line of the handshake's answer.</summary>
    public string StatusLine { get; private set; } = "";

    /// <summary>The headers of the handshake's answer, in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    /// <summary>Connects and makes the handshake.</summary>
    public static Task<RawWebSocket> OpenAsync(Uri gateway, params string[] headers) =>
        OpenAsync(gateway, IPAddress.Loopback, headers);

    /// <summary>Connects from an address of the loopback and makes the handshake.</summary>
    public static async Task<RawWebSocket> OpenAsync(Uri gateway, IPAddress from, params string[] headers)
    {
        var raw = new RawWebSocket(await RawSocket.ConnectAsync(gateway, from).ConfigureAwait(false));
        await raw._socket.SendAsync(RawSocket.Handshake(gateway, headers)).ConfigureAwait(false);
        await raw.ReadAnswerAsync().ConfigureAwait(false);
        return raw;
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes).ConfigureAwait(false);

    /// <summary>Sends a masked text frame.</summary>
    public Task SendTextAsync(string text) => SendAsync(Frame(0x81, Encoding.UTF8.GetBytes(text)));

    /// <summary>A frame with a given first byte (flags and opcode).</summary>
    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload, bool masked = true)
    {
        var frame = new List<byte> { first };
        var mask = (byte)(masked ? 0x80 : 0);
        if (payload.Length < 126)
        {
            frame.Add((byte)(mask | payload.Length));
        }
        else
        {
            frame.AddRange([(byte)(mask | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        byte[] key = [0x12, 0x34, 0x56, 0x78];
        if (masked)
        {
            frame.AddRange(key);
        }
        for (var i = 0; i < payload.Length; i++)
        {
            frame.Add(masked ? (byte)(payload[i] ^ key[i % 4]) : payload[i]);
        }
        return [.. frame];
    }

    /// <summary>Reads the next frame; null when the server ended the connection without one.</summary>
    public async Task<RawFrame?> ReadAsync(TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(10));
        try
        {
            var head = await TakeAsync(2, limit.Token).ConfigureAwait(false);
            long length = head[1] & 0x7f;
            if (length == 126)
            {
                length = BinaryPrimitives.ReadUInt16BigEndian(await TakeAsync(2, limit.Token).ConfigureAwait(false));
            }
            else if (length == 127)
            {
                length = BinaryPrimitives.ReadInt64BigEndian(await TakeAsync(8, limit.Token).ConfigureAwait(false));
            }
            var payload = await TakeAsync((int)length, limit.Token).ConfigureAwait(false);
            return new RawFrame(head[0] & 0x0f, (head[0] & 0x80) != 0, payload);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("The server sent no frame and did not end the connection in time.");
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads on to the next frame of one opcode; null when the connection ends before.</summary>
    public async Task<RawFrame?> ReadAsync(int opcode, TimeSpan? timeout = null)
    {
        RawFrame? frame;
        do
        {
            frame = await ReadAsync(timeout).ConfigureAwait(false);
        }
        while (frame is not null && frame.Opcode != opcode);
        return frame;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _socket.DisposeAsync();

    private async Task<byte[]> TakeAsync(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        return bytes;
    }

    private async Task ReadAnswerAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = new StringBuilder();
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            answer.Append((char)(await TakeAsync(1, limit.Token).ConfigureAwait(false))[0]);
        }
        var lines = answer.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        StatusLine = lines[0];
        Headers = lines.Skip(1).Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0].Trim().ToLowerInvariant(), pair => pair[1].Trim());
    }
}
