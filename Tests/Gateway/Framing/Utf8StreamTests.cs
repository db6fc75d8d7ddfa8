using System.Text;
using Camdiv.Gateway.Connections.Framing;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>Text in parts is judged as the framework's strict decoder judges it, at the very same byte.</summary>
public sealed class Utf8StreamTests
{
    // Leads, continuations and the bytes around every bound of RFC 3629.
    private static readonly byte[] Alphabet =
    [
        0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
        0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff,
    ];

    [Fact]
    public void Every_sequence_of_four_telling_bytes_is_judged_alike()
    {
        var bytes = new byte[4];
        for (var n = 0; n < Alphabet.Length * Alphabet.Length * Alphabet.Length * Alphabet.Length; n++)
        {
            for (int i = 0, rest = n; i < 4; i++, rest /= Alphabet.Length)
            {
                bytes[i] = Alphabet[rest % Alphabet.Length];
            }
            var expected = Judge(bytes);
            Assert.True(expected == Judge(bytes, 1), $"{Convert.ToHexString(bytes)} byte by byte");
            Assert.True(IsValid(expected) == IsValid(Judge(bytes, 4)), $"{Convert.ToHexString(bytes)} at once");
        }
    }

    [Fact]
    public void Long_texts_are_judged_alike_however_they_are_cut()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            while (text.Length < 300)
            {
                text.Append(new Rune(random.Next(4) switch { 0 => random.Next(0x80, 0x800), 1 => random.Next(0x10000, 0x110000), _ => 'x' }));
            }
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            if (random.Next(2) == 0)
            {
                bytes[random.Next(bytes.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }
            var size = random.Next(1, 70);
            Assert.True(IsValid(Judge(bytes)) == IsValid(Judge(bytes, size)), $"seed {seed}, parts of {size}");
        }
    }

    private static bool IsValid(int verdict) => verdict == int.MaxValue;

    // The index of the byte that no text can go on with; the length if it lacks its end; int.MaxValue if it is whole.
    private static int Judge(byte[] bytes)
    {
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        Span<char> characters = stackalloc char[8];
        for (var i = 0; i < bytes.Length; i++)
        {
            try
            {
                decoder.GetChars(bytes.AsSpan(i, 1), characters, flush: false);
            }
            catch (DecoderFallbackException)
            {
                return i;
            }
        }
        try
        {
            decoder.GetChars([], characters, flush: true);
            return int.MaxValue;
        }
        catch (DecoderFallbackException)
        {
            return bytes.Length;
        }
    }

    private static int Judge(byte[] bytes, int size)
    {
        var text = default(Utf8Stream);
        for (var at = 0; at < bytes.Length; at += size)
        {
            if (!text.Take(bytes.AsSpan(at, Math.Min(size, bytes.Length - at))))
            {
                return at;
            }
        }
        return text.IsWhole ? int.MaxValue : bytes.Length;
    }
}
