using System.Buffers;
using Camdiv.Grains;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>What flows between two gateways comes out as it went in, and bytes that are something else are refused.</summary>
public sealed class PeerItemsTests
{
    private static readonly RoomId Room = new("room");
    private static readonly UserId User = new("user");

    private delegate void Write(IBufferWriter<byte> writer);

    [Theory]
    [InlineData(0, 1L, 0)]
    [InlineData(1500, long.MaxValue, 255)]
    public void A_frame_comes_out_as_it_went_in(int length, long number, byte hops)
    {
        var frame = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var items = Written(writer => PeerItems.WriteFrame(writer, Room, User, number, hops, frame));
        ReadOnlySpan<byte> rest = items;

        Assert.True(PeerItems.TryRead(ref rest, out var isUpdate, out var room, out var user, out var read, out var passed, out var bytes));

        Assert.Equal((false, Room, User, number, hops), (isUpdate, room, user, read, passed));
        Assert.Equal(frame, bytes.ToArray());
        Assert.True(rest.IsEmpty);
    }

    [Fact]
    public void Items_keep_their_order()
    {
        var items = Written(writer =>
        {
            PeerItems.WriteFrame(writer, Room, User, 1, 0, "first"u8);
            PeerItems.WriteUpdate(writer);
            PeerItems.WriteFrame(writer, Room, User, 2, 3, "second"u8);
        });
        ReadOnlySpan<byte> rest = items;
        var read = new List<(bool IsUpdate, long Number, byte Hops)>();
        while (PeerItems.TryRead(ref rest, out var isUpdate, out _, out _, out var number, out var hops, out _))
        {
            read.Add((isUpdate, number, hops));
        }
        Assert.Equal([(false, 1, 0), (true, 0, 0), (false, 2, 3)], read);
    }

    [Fact]
    public void A_frame_cut_off_anywhere_is_refused()
    {
        var items = Written(writer => PeerItems.WriteFrame(writer, Room, User, 1, 0, "frame"u8));
        for (var length = 1; length < items.Length; length++)
        {
            Assert.Throws<FormatException>(() => ReadOne(items[..length]));
        }
    }

    [Fact]
    public void An_unknown_kind_is_refused() => Assert.Throws<FormatException>(() => ReadOne([9]));

    private static byte[] Written(Write write)
    {
        var writer = new ArrayBufferWriter<byte>();
        write(writer);
        return writer.WrittenSpan.ToArray();
    }

    private static void ReadOne(byte[] items)
    {
        ReadOnlySpan<byte> rest = items;
        PeerItems.TryRead(ref rest, out _, out _, out _, out _, out _, out _);
    }
}
