using System.Buffers.Text;
using System.Globalization;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>
/// What virtual users say to each other: a letter for its kind, the time it was meant to be sent, and filling up to the
/// size of what it stands for. Plain ASCII, so that JSON carries it without escapes.
/// </summary>
internal sealed class Payload
{
    private const int StampDigits = 16;
    private readonly byte[] _bytes;

    private Payload(char kind, int bytes)
    {
        _bytes = new byte[Math.Max(bytes, StampDigits + 1)];
        Array.Fill(_bytes, (byte)'x');
        _bytes[0] = (byte)kind;
    }

    /// <summary>An SDP offer of a video call.</summary>
    public static Payload Offer { get; } = new('O', 3_000);

    /// <summary>An SDP answer.</summary>
    public static Payload Answer { get; } = new('A', 2_000);

    /// <summary>An ICE candidate.</summary>
    public static Payload Candidate { get; } = new('C', 180);

    /// <summary>A line of chat.</summary>
    public static Payload Line { get; } = new('L', 60);

    /// <summary>A frame of the relay scenario.</summary>
    public static Payload Bulk(int bytes) => new('B', bytes);

    /// <summary>When a payload was meant to be sent.</summary>
    public static long StampOf(ReadOnlySpan<byte> payload) =>
        payload.Length > StampDigits && Utf8Parser.TryParse(payload.Slice(1, StampDigits), out long stamp, out _, 'x') ? stamp : 0;

    /// <summary>The bytes with a time; valid until the next call.</summary>
    public ReadOnlySpan<byte> Stamp(long intendedAt)
    {
        intendedAt.TryFormat(_bytes.AsSpan(1, StampDigits), out _, "x16", CultureInfo.InvariantCulture);
        return _bytes;
    }
}
