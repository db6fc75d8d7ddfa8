using Camdiv.Tests.Load.Io;

namespace Camdiv.Tests.Gateway.Load;

/// <summary>The load client's frames, read back by hand.</summary>
public sealed class FramingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void A_sealed_frame_unmasks_to_its_payload(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var buffer = new byte[WebSocketFraming.MostHeader + length];
        payload.CopyTo(buffer, WebSocketFraming.MostHeader);

        var start = WebSocketFraming.Seal(buffer, WebSocketFraming.Text, length, 0x9a7c51e3);

        var frame = buffer.AsSpan(start);
        Assert.Equal(0x81, frame[0]);
        Assert.True((frame[1] & 0x80) != 0, "a client's frame is masked");
        // Without the mask bit the frame is a server's, which the client can read itself.
        frame[1] &= 0x7f;
        var header = WebSocketFraming.Read(frame);
        Assert.Equal((WebSocketFraming.Text, true, length), (header.Opcode, header.Final, header.Length));
        var mask = frame.Slice(header.Bytes, 4);
        for (var i = 0; i < length; i++)
        {
            Assert.Equal(payload[i], (byte)(frame[header.Bytes + 4 + i] ^ mask[i % 4]));
        }
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x81 })]
    [InlineData(new byte[] { 0x81, 126, 1 })]
    [InlineData(new byte[] { 0x81, 127, 0, 0, 0, 0, 0, 0, 1 })]
    public void An_incomplete_header_is_waited_for(byte[] bytes) => Assert.Equal(0, WebSocketFraming.Read(bytes).Bytes);
}
