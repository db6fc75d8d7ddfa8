using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// Packs what flows between two gateways into one block of bytes, so that a batch costs one allocation and no object per
/// frame. An item is a kind byte, then for a frame: how often it was passed on (a byte), room and user (a length byte and
/// ASCII each), little-endian the sender's number (64 bits) and the length (32 bits), the bytes; for a member update
/// nothing: the next one of the batch.
/// </summary>
public static class PeerItems
{
    private const byte Frame = 1;
    private const byte Update = 2;

    /// <summary>Appends a frame.</summary>
    public static void WriteFrame(
        IBufferWriter<byte> writer, RoomId room, UserId user, long number, byte hops, ReadOnlySpan<byte> frame)
    {
        var size = 1 + 1 + 1 + room.Value.Length + 1 + user.Value.Length + 8 + 4 + frame.Length;
        var span = writer.GetSpan(size);
        span[0] = Frame;
        span[1] = hops;
        var at = 2 + WriteText(span[2..], room.Value);
        at += WriteText(span[at..], user.Value);
        BinaryPrimitives.WriteInt64LittleEndian(span[at..], number);
        BinaryPrimitives.WriteInt32LittleEndian(span[(at + 8)..], frame.Length);
        frame.CopyTo(span[(at + 12)..]);
        writer.Advance(size);
    }

    /// <summary>Appends the mark of a member update.</summary>
    public static void WriteUpdate(IBufferWriter<byte> writer)
    {
        writer.GetSpan(1)[0] = Update;
        writer.Advance(1);
    }

    /// <summary>Reads the next item and moves past it.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FormatException">The bytes are not what <see cref="WriteFrame"/> and <see cref="WriteUpdate"/> write.</exception>
    public static bool TryRead(
        ref ReadOnlySpan<byte> items,
        out bool isUpdate,
        out RoomId room,
        out UserId user,
        out long number,
        out byte hops,
        out ReadOnlySpan<byte> frame)
    {
        isUpdate = false;
        room = default;
        user = default;
        number = 0;
        hops = 0;
        frame = default;
        if (items.IsEmpty)
        {
            return false;
        }
        var kind = items[0];
        items = items[1..];
        if (kind == Update)
        {
            isUpdate = true;
            return true;
        }
        if (kind != Frame)
        {
            throw new FormatException($"Item kind {kind} is unknown.");
        }
        if (items.IsEmpty)
        {
            throw new FormatException("A frame is cut off.");
        }
        hops = items[0];
        items = items[1..];
        room = new RoomId(ReadText(ref items));
        user = new UserId(ReadText(ref items));
        var length = items.Length < 12 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(items[8..]);
        if (length < 0 || length > items.Length - 12)
        {
            throw new FormatException("A frame is cut off.");
        }
        number = BinaryPrimitives.ReadInt64LittleEndian(items);
        frame = items.Slice(12, length);
        items = items[(12 + length)..];
        return true;
    }

    private static int WriteText(Span<byte> span, string text)
    {
        span[0] = checked((byte)text.Length);
        return 1 + Encoding.ASCII.GetBytes(text, span[1..]);
    }

    private static string ReadText(ref ReadOnlySpan<byte> items)
    {
        if (items.IsEmpty || items.Length < 1 + items[0])
        {
            throw new FormatException("An id is cut off.");
        }
        var text = Encoding.ASCII.GetString(items.Slice(1, items[0]));
        items = items[(1 + items[0])..];
        return text;
    }
}
