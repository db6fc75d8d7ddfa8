using System.Text;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>The bytes that each <see cref="FloodKind"/> repeats.</summary>
internal static class FloodBytes
{
    private const int Portion = 64 * 1024;
    private const int LargestFrame = 64 * 1024;

    /// <summary>What goes out over and over; whole frames, except for segments.</summary>
    public static byte[] Of(FloodKind kind, Uri gateway) => kind switch
    {
        FloodKind.Pings => Repeat(RawWebSocket.Frame(0x89, [])),
        FloodKind.Pongs => Repeat(RawWebSocket.Frame(0x8a, [])),
        FloodKind.Fragments => Fragments(Encoding.ASCII.GetBytes(">nobodys-room|" + new string('x', 4_000))),
        FloodKind.Frames => Repeat(RawWebSocket.Frame(0x81, ">nobodys-room|x"u8)),
        FloodKind.Bulk => RawWebSocket.Frame(0x81, Encoding.ASCII.GetBytes(">nobodys-room|".PadRight(LargestFrame - 1, 'x'))),
        FloodKind.Segments => RawWebSocket.Frame(0x81, Encoding.ASCII.GetBytes(">nobodys-room|".PadRight(LargestFrame - 1, 'x'))),
        FloodKind.Requests => Repeat(Encoding.ASCII.GetBytes($"GET /healthz/live HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n")),
        _ => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nX-Slow: ".PadRight(4_000, 'x')),
    };

    private static byte[] Repeat(byte[] frame) =>
        [.. Enumerable.Repeat(frame, Math.Max(1, Portion / frame.Length)).SelectMany(bytes => bytes)];

    private static byte[] Fragments(byte[] message) =>
        [.. message.SelectMany((one, i) => RawWebSocket.Frame(
            (byte)((i == 0 ? 0x01 : 0x00) | (i == message.Length - 1 ? 0x80 : 0x00)), [one]))];
}
