using System.Runtime.InteropServices;
using Camdiv.Gateway.Connections.Framing;

namespace Camdiv.Tests.Gateway.Framing;

public sealed class FrameHeaderTests
{
    [Theory]
    [InlineData("81fe0000")]
    [InlineData("81fe007d")]
    [InlineData("81ff0000000000000000")]
    [InlineData("81ff000000000000ffff")]
    [InlineData("81ff8000000000010000")]
    public void A_length_that_is_not_the_shortest_form_or_negative_is_refused(string head) =>
        Assert.Equal(-1, FrameHeader.Read([.. Convert.FromHexString(head), 1, 2, 3, 4], out _));

    [Theory]
    [InlineData("c1")]
    [InlineData("a1")]
    [InlineData("91")]
    [InlineData("83")]
    [InlineData("8b")]
    [InlineData("09")]
    [InlineData("8101")]
    [InlineData("89fe")]
    [InlineData("88ff")]
    public void What_no_byte_can_mend_is_refused_before_the_header_is_whole(string head) =>
        Assert.Equal(-1, FrameHeader.Read(Convert.FromHexString(head), out _));

    [Theory]
    [InlineData(0, 6)]
    [InlineData(125, 6)]
    [InlineData(126, 8)]
    [InlineData(65535, 8)]
    [InlineData(65536, 14)]
    public void A_whole_header_is_read_and_an_incomplete_one_waited_for(int length, int bytes)
    {
        var frame = Frames.Frame(Frames.Text, new byte[length], final: false);
        for (var i = 0; i < bytes; i++)
        {
            Assert.Equal(0, FrameHeader.Read(frame.AsSpan(0, i), out _));
        }
        Assert.Equal(bytes, FrameHeader.Read(frame, out var header));
        Assert.Equal((Opcode.Text, false, (long)length), (header.Opcode, header.Final, header.Length));
        Assert.Equal(MemoryMarshal.Read<uint>(frame.AsSpan(bytes - 4)), header.Mask);
    }

    [Fact]
    public void Unmasking_in_parts_is_unmasking_at_once()
    {
        var random = new Random(1);
        for (var length = 0; length < 300; length++)
        {
            var masked = new byte[length];
            random.NextBytes(masked);
            var mask = (uint)random.NextInt64();
            byte[] key = BitConverter.GetBytes(mask);
            var cut = random.Next(length + 1);
            var plain = new byte[length];

            var turned = Masking.Unmask(masked.AsSpan(0, cut), plain, mask);
            Masking.Unmask(masked.AsSpan(cut), plain.AsSpan(cut), turned);

            Assert.Equal(masked.Select((value, i) => (byte)(value ^ key[i % 4])), plain);
        }
    }
}
