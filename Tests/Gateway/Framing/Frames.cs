using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>Frames as a client writes them, well-formed or not, and a server's frames in words.</summary>
internal static class Frames
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] DefaultMask = [0x37, 0xfa, 0x21, 0x3d];

    /// <summary>A client's frame.</summary>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool final = true, int rsv = 0, byte[]? mask = null)
    {
        mask ??= DefaultMask;
        var frame = new List<byte> { (byte)((final ? 0x80 : 0) | (rsv << 4) | opcode) };
        Span<byte> length = stackalloc byte[8];
        if (payload.Length < 126)
        {
            frame.Add((byte)(0x80 | payload.Length));
        }
        else if (payload.Length < 65536)
        {
            frame.Add(0x80 | 126);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
            frame.AddRange(length[..2]);
        }
        else
        {
            frame.Add(0x80 | 127);
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.AddRange(length);
        }
        frame.AddRange(mask);
        for (var i = 0; i < payload.Length; i++)
        {
            frame.Add((byte)(payload[i] ^ mask[i % 4]));
        }
        return [.. frame];
    }

    /// <summary>A client's frame of text.</summary>
    public static byte[] Frame(int opcode, string payload, bool final = true, int rsv = 0) =>
        Frame(opcode, Encoding.UTF8.GetBytes(payload), final, rsv);

    /// <summary>A close frame.</summary>
    public static byte[] Closing(int code, string reason = "") =>
        Frame(Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>A message in frames of at most a size.</summary>
    public static byte[][] Split(int opcode, byte[] payload, int size) =>
    [
        .. payload.Chunk(size).Select((part, i) =>
            Frame(i == 0 ? opcode : Continuation, part, final: (i + 1) * size >= payload.Length)),
    ];

    /// <summary>What a server wrote: <c>text …</c>, <c>pong …</c>, <c>close CODE</c>, with payloads as <see cref="Words"/>.</summary>
    public static List<string> Describe(ReadOnlySpan<byte> written)
    {
        var frames = new List<string>();
        while (!written.IsEmpty)
        {
            Assert.True((written[0] & 0xf0) == 0x80, "a server's frame is whole and uses no reserved bit");
            Assert.True((written[1] & 0x80) == 0, "a server's frame is not masked");
            var at = 2;
            long length = written[1];
            if (length == 126)
            {
                length = BinaryPrimitives.ReadUInt16BigEndian(written[2..]);
                at = 4;
            }
            else if (length == 127)
            {
                length = BinaryPrimitives.ReadInt64BigEndian(written[2..]);
                at = 10;
            }
            var payload = written.Slice(at, (int)length);
            frames.Add((written[0] & 0x0f) switch
            {
                Text => "text " + Words(payload),
                Ping => "ping " + Words(payload),
                Pong => "pong " + Words(payload),
                Close => "close" + (payload.IsEmpty ? "" : $" {BinaryPrimitives.ReadUInt16BigEndian(payload)}"),
                var other => $"opcode {other}",
            });
            written = written[(at + (int)length)..];
        }
        return frames;
    }

    /// <summary>Events without the pongs that another pong follows at once.</summary>
    public static IEnumerable<string> LatestPongs(IEnumerable<string> events)
    {
        var all = events.ToList();
        return all.Where((one, i) => !IsPong(one) || i + 1 == all.Count || !IsPong(all[i + 1]));

        static bool IsPong(string one) => one.StartsWith("pong ", StringComparison.Ordinal);
    }

    /// <summary>A payload that can be read and compared: hexadecimal when short, else its length and hash.</summary>
    public static string Words(ReadOnlySpan<byte> payload) => payload.Length <= 64
        ? Convert.ToHexStringLower(payload)
        : string.Create(CultureInfo.InvariantCulture, $"{payload.Length} bytes {Hash(payload):x8}");

    /// <inheritdoc cref="Words(ReadOnlySpan{byte})"/>
    public static string Words(string payload) => Words(Encoding.UTF8.GetBytes(payload));

    private static uint Hash(ReadOnlySpan<byte> payload)
    {
        var hash = 2166136261;
        foreach (var value in payload)
        {
            hash = (hash ^ value) * 16777619;
        }
        return hash;
    }
}
