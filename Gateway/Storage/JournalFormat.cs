using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// Lines of a journal. First <c>camdiv-journal 1 NAME</c>; then records, newest last: <c>CHECKSUM KEY JSON</c> sets a
/// key, <c>CHECKSUM KEY</c> removes it. CHECKSUM is the CRC-32C of what follows its space, as 8 hexadecimal digits.
/// </summary>
internal static class JournalFormat
{
    private const int ChecksumLength = 8;

    public static byte[] Header(string name) => Encoding.ASCII.GetBytes($"camdiv-journal 1 {name}\n");

    /// <summary>Appends a record's line.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="key">ASCII without spaces.</param>
    /// <param name="json">The value without line breaks; empty removes the key.</param>
    /// <returns>The line's length in bytes.</returns>
    public static int Write(ArrayBufferWriter<byte> into, string key, ReadOnlySpan<byte> json)
    {
        var length = ChecksumLength + 1 + key.Length + (json.IsEmpty ? 0 : 1 + json.Length) + 1;
        var line = into.GetSpan(length)[..length];
        var body = line[(ChecksumLength + 1)..^1];
        Encoding.ASCII.GetBytes(key, body);
        if (!json.IsEmpty)
        {
            body[key.Length] = (byte)' ';
            json.CopyTo(body[(key.Length + 1)..]);
        }
        Checksum(body).TryFormat(line, out _, "x8", CultureInfo.InvariantCulture);
        line[ChecksumLength] = (byte)' ';
        line[^1] = (byte)'\n';
        into.Advance(length);
        return length;
    }

    /// <summary>Takes a line apart.</summary>
    /// <param name="line">The line without its line break.</param>
    /// <param name="key">The key.</param>
    /// <param name="json">The value; empty when the key is removed.</param>
    /// <returns>False when the line is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out string key, out ReadOnlySpan<byte> json)
    {
        key = "";
        json = default;
        if (line.Length < ChecksumLength + 2 || line[ChecksumLength] != ' '
            || !Utf8Parser.TryParse(line[..ChecksumLength], out uint checksum, out var digits, 'x') || digits != ChecksumLength)
        {
            return false;
        }
        var body = line[(ChecksumLength + 1)..];
        if (Checksum(body) != checksum)
        {
            return false;
        }
        var space = body.IndexOf((byte)' ');
        key = Encoding.ASCII.GetString(space < 0 ? body : body[..space]);
        json = space < 0 ? default : body[(space + 1)..];
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.ToUInt64(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return ~crc;
    }
}
