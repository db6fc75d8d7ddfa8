using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Camdiv.Tests.Load.Io;

/// <summary>RFC 6455 as far as a client needs it: headers of frames either way, and the mask.</summary>
internal static class WebSocketFraming
{
    public const int MostHeader = 14;
    public const int Text = 1;
    public const int Continuation = 0;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>A server's frame header; <see cref="Bytes"/> is 0 while it is incomplete.</summary>
    public readonly record struct Header(int Bytes, int Opcode, bool Final, int Length);

    public static Header Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return default;
        }
        var (size, length) = (bytes[1] & 0x7f) switch
        {
            126 when bytes.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 when bytes.Length >= 10 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            126 or 127 => (0, 0),
            var small => (2, small),
        };
        return new Header(size, bytes[0] & 0x0f, (bytes[0] & 0x80) != 0, length);
    }

    /// <summary>Writes header and mask, and masks the payload that lies behind <see cref="MostHeader"/> bytes.</summary>
    /// <returns>Where in <paramref name="buffer"/> the frame begins.</returns>
    public static int Seal(Span<byte> buffer, int opcode, int length, uint mask)
    {
        var size = 6 + (length < 126 ? 0 : length <= ushort.MaxValue ? 2 : 8);
        var start = MostHeader - size;
        var header = buffer[start..];
        header[0] = (byte)(0x80 | opcode);
        switch (size)
        {
            case 6:
                header[1] = (byte)(0x80 | length);
                break;
            case 8:
                header[1] = 0x80 | 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
                break;
            default:
                header[1] = 0x80 | 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)length);
                break;
        }
        MemoryMarshal.Write(buffer[(MostHeader - 4)..], mask);
        Apply(buffer.Slice(MostHeader, length), mask);
        return start;
    }

    private static void Apply(Span<byte> payload, uint mask)
    {
        var wide = new Vector<uint>(mask);
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(payload);
        foreach (ref var vector in vectors)
        {
            vector ^= wide;
        }
        var rest = payload[(vectors.Length * Vector<byte>.Count)..];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] ^= (byte)(mask >> (i % 4 * 8));
        }
    }
}
