using System.Buffers.Binary;

namespace Camdiv.Gateway.Connections.Framing;

/// <summary>The head of a frame (RFC 6455, section 5.2).</summary>
/// <param name="Opcode">What the frame is.</param>
/// <param name="Final">Whether it ends its message.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Mask">What the payload is masked with, as it lies in memory; 0 for none.</param>
internal readonly record struct FrameHeader(Opcode Opcode, bool Final, long Length, uint Mask)
{
    /// <summary>Bytes of the longest header.</summary>
    public const int MostBytes = 14;

    /// <summary>Bytes of the longest header that <see cref="Write"/> writes.</summary>
    public const int MostWritten = 10;

    /// <summary>Bytes of payload that a control frame may have (RFC 6455, section 5.5).</summary>
    public const int MostControlBytes = 125;

    /// <summary>Whether the frame is a close, ping or pong.</summary>
    public bool IsControl => Opcode >= Opcode.Close;

    /// <summary>Reads the header of a client's frame.</summary>
    /// <param name="bytes">What came, from the frame's first byte.</param>
    /// <param name="header">The header.</param>
    /// <returns>Its bytes; 0 when it is not all there yet, -1 when it is no client's frame by RFC 6455.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.IsEmpty)
        {
            return 0;
        }
        // Reserved bits and opcodes belong to extensions, and none is agreed on; control frames are never split.
        var opcode = (Opcode)(bytes[0] & 0x0f);
        var final = (bytes[0] & 0x80) != 0;
        if ((bytes[0] & 0x70) != 0 || !IsKnown(opcode) || (opcode >= Opcode.Close && !final))
        {
            return -1;
        }
        if (bytes.Length < 2)
        {
            return 0;
        }
        long length = bytes[1] & 0x7f;
        if ((bytes[1] & 0x80) == 0 || (opcode >= Opcode.Close && length > MostControlBytes))
        {
            return -1;
        }
        var at = 2;
        if (length == 126)
        {
            at += sizeof(ushort);
            length = bytes.Length < at ? 126 : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (length == 127)
        {
            at += sizeof(long);
            length = bytes.Length < at ? 0x10000 : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        }
        // The shortest form is the only one, and the highest bit of the longest form stays clear.
        if ((at == 4 && length < 126) || (at == 10 && length < 0x10000))
        {
            return -1;
        }
        if (bytes.Length < at + sizeof(uint))
        {
            return 0;
        }
        header = new FrameHeader(opcode, final, length, BitConverter.ToUInt32(bytes[at..]));
        return at + sizeof(uint);
    }

    /// <summary>Writes the header of a server's whole, unmasked frame.</summary>
    /// <param name="to">At least <see cref="MostWritten"/> bytes.</param>
    /// <param name="opcode">What the frame is.</param>
    /// <param name="length">Bytes of its payload.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> to, Opcode opcode, int length)
    {
        to[0] = (byte)(0x80 | (byte)opcode);
        if (length < 126)
        {
            to[1] = (byte)length;
            return 2;
        }
        if (length <= ushort.MaxValue)
        {
            to[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)length);
            return 4;
        }
        to[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(to[2..], length);
        return 10;
    }

    private static bool IsKnown(Opcode opcode) => opcode is <= Opcode.Binary or (>= Opcode.Close and <= Opcode.Pong);
}
