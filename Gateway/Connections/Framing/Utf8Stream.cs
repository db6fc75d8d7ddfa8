using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Camdiv.Gateway.Connections.Framing;

/// <summary>
/// Whether a text that comes in parts is UTF-8 (RFC 6455, section 8.1). Parts may split a character anywhere; what cannot
/// become UTF-8 any more is told at once.
/// </summary>
internal struct Utf8Stream
{
    // The beginning of a character that the last part left open, in the low bytes.
    private uint _open;
    private byte _openCount;

    /// <summary>Whether no character is left open, so that the text may end here.</summary>
    public readonly bool IsWhole => _openCount == 0;

    /// <summary>Takes the next part.</summary>
    /// <returns>False when the text is not UTF-8, whatever comes after.</returns>
    public bool Take(ReadOnlySpan<byte> part)
    {
        while (_openCount > 0 && !part.IsEmpty)
        {
            Span<byte> character = [(byte)_open, (byte)(_open >> 8), (byte)(_open >> 16), 0];
            character[_openCount] = part[0];
            part = part[1..];
            if (!TakeOpening(character[..(_openCount + 1)]))
            {
                return false;
            }
        }
        var tail = OpenTail(part);
        return Utf8.IsValid(part[..^tail]) && (tail == 0 || TakeOpening(part[^tail..]));
    }

    // One to four bytes that may be a whole character, or the beginning of one, which is kept.
    private bool TakeOpening(ReadOnlySpan<byte> bytes)
    {
        switch (Rune.DecodeFromUtf8(bytes, out _, out _))
        {
            case OperationStatus.Done:
                _openCount = 0;
                return true;
            case OperationStatus.NeedMoreData:
                _open = 0;
                for (var i = 0; i < bytes.Length; i++)
                {
                    _open |= (uint)bytes[i] << (8 * i);
                }
                _openCount = (byte)bytes.Length;
                return true;
            default:
                return false;
        }
    }

    // How many bytes at the end begin a character that needs more than these; 0 when none do.
    private static int OpenTail(ReadOnlySpan<byte> part)
    {
        for (var back = 1; back <= Math.Min(3, part.Length); back++)
        {
            var lead = part[^back];
            if ((lead & 0xc0) == 0x80)
            {
                continue;
            }
            var needed = lead switch { >= 0xf0 => 4, >= 0xe0 => 3, >= 0xc0 => 2, _ => 1 };
            return needed > back ? back : 0;
        }
        return 0;
    }
}
