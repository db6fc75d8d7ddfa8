using System.Buffers.Binary;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>Skims what a server sends for its close frame.</summary>
internal sealed class ServerFrames
{
    private readonly List<byte> _pending = [];

    /// <summary>The code of the close frame, once it came.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Frames seen so far, by opcode.</summary>
    public int[] Seen { get; } = new int[16];

    /// <summary>Takes the bytes that came next.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var at = 0;
        var all = _pending.ToArray().AsSpan();
        while (CloseCode is null && TryFrame(all[at..], out var opcode, out var payload, out var size))
        {
            Seen[opcode]++;
            if (opcode == 8)
            {
                CloseCode = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 1005;
            }
            at += size;
        }
        _pending.RemoveRange(0, at);
    }

    private static bool TryFrame(ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload, out int size)
    {
        opcode = size = 0;
        payload = default;
        if (bytes.Length < 2)
        {
            return false;
        }
        opcode = bytes[0] & 0x0f;
        var (head, length) = bytes[1] switch
        {
            126 => (4, bytes.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 => (10, bytes.Length < 10 ? int.MaxValue : (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            var small => (2, small),
        };
        if (bytes.Length - head < length)
        {
            return false;
        }
        payload = bytes.Slice(head, length);
        size = head + length;
        return true;
    }
}
