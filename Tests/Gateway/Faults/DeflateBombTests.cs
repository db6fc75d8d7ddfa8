using System.IO.Compression;
using Camdiv.Tests.Gateway.Protocol;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>A small frame that unpacks to a thousand times as much, where deflate is on.</summary>
public sealed class DeflateBombTests
{
    private const int Unpacked = 50_000_000;

    [Fact]
    public async Task A_frame_that_unpacks_to_too_much_is_too_large_and_others_go_on()
    {
        await using var system = await EmbeddedSystem.StartAsync(SystemSettings.Default.With("Gateway:Deflate", true));
        await using var raw = await RawWebSocket.OpenAsync(
            system.Gateways[0], "Sec-WebSocket-Protocol: camdiv.v1", "Sec-WebSocket-Extensions: permessage-deflate");
        Assert.Contains("permessage-deflate", raw.Headers["sec-websocket-extensions"], StringComparison.Ordinal);
        await raw.SendAsync(RawWebSocket.Frame(0xc1, Bomb()));
        Assert.Equal(1009, (await raw.ReadAsync(opcode: 8))?.CloseCode);
        await using var other = await RawWebSocket.OpenAsync(system.Gateways[0]);
        await other.SendTextAsync("{\"type\":\"hello\"}");
        Assert.Equal(1, (await other.ReadAsync())?.Opcode);
    }

    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var text = new byte[100_000];
            text.AsSpan().Fill((byte)'>');
            for (var i = 0; i < Unpacked / text.Length; i++)
            {
                deflate.Write(text);
            }
        }
        return packed.ToArray();
    }
}
