using System.Buffers.Text;
using System.Security.Cryptography;

namespace Camdiv.Matchmaking;

/// <summary>Ids that nobody can guess, and the form that ids have.</summary>
internal static class RandomId
{
    private const int Bytes = 16;

    // The generator's own work is per call: asked for every id alone, it takes some 3 % of a match's CPU time.
    private const int StockBytes = 32 * Bytes;

    [ThreadStatic]
    private static byte[]? _stock;

    [ThreadStatic]
    private static int _left;

    /// <summary>128 bits of the system's cryptographic generator as 22 characters of base64url.</summary>
    public static string Next()
    {
        var stock = _stock ??= new byte[StockBytes];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(stock);
            _left = StockBytes;
        }
        _left -= Bytes;
        var bits = stock.AsSpan(_left, Bytes);
        var id = Base64Url.EncodeToString(bits);
        // What is given out is nowhere else: the rest of the stock tells nothing of it.
        bits.Clear();
        return id;
    }

    /// <summary>Whether a text is 1 to <paramref name="maxLength"/> of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text, int maxLength)
    {
        if (text.Length is 0 || text.Length > maxLength)
        {
            return false;
        }
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
            {
                return false;
            }
        }
        return true;
    }
}
