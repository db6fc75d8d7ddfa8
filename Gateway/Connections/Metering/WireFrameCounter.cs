using System.Buffers.Binary;
using Camdiv.Gateway.Connections.Framing;

namespace Camdiv.Gateway.Connections.Metering;

/// <summary>
/// Counts the frames in a client's bytes (RFC 6455, section 5.2) where another reader makes sense of them: only lengths are
/// looked at, and bytes that are no frames count as some number of frames. Not thread-safe; one reader's.
/// </summary>
internal struct WireFrameCounter
{
    private const int MostHeader = FrameHeader.MostBytes;

    private ulong _payload;
    private Header _header;
    private int _have;

    /// <summary>Looks at the bytes that came next.</summary>
    /// <returns>Frames whose header ended in them.</returns>
    public int Count(ReadOnlySpan<byte> bytes)
    {
        var frames = 0;
        while (!bytes.IsEmpty)
        {
            if (_payload > 0)
            {
                var skip = (int)Math.Min(_payload, (ulong)bytes.Length);
                _payload -= (ulong)skip;
                bytes = bytes[skip..];
                continue;
            }
            _header[_have++] = bytes[0];
            bytes = bytes[1..];
            if (_have >= 2 && _have == HeaderBytes(_header[1]))
            {
                _payload = Length();
                _have = 0;
                frames++;
            }
        }
        return frames;
    }

    private static int HeaderBytes(byte second) =>
        2 + ((second & 0x7f) switch { 126 => sizeof(ushort), 127 => sizeof(ulong), _ => 0 }) + ((second & 0x80) != 0 ? sizeof(uint) : 0);

    private readonly ulong Length()
    {
        ReadOnlySpan<byte> header = _header;
        return (header[1] & 0x7f) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
            var length => (ulong)length,
        };
    }

    [System.Runtime.CompilerServices.InlineArray(MostHeader)]
    private struct Header
    {
        private byte _first;
    }
}
