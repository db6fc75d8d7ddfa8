using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Sessions;

/// <summary>
/// Session tokens: <c>USER.EXPIRY.SIGNATURE</c>, where EXPIRY is in Unix seconds and SIGNATURE the base64url
/// HMAC-SHA256 of what stands before it. Thread-safe.
/// </summary>
public sealed class SessionTokens
{
    // Told apart from anything else that might ever be signed with the same key.
    private const string Purpose = "camdiv.session.v1|";
    private const int MaxTokenLength = 128;

    private readonly byte[][] _keys;
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _time;

    /// <summary>Creates the codec.</summary>
    /// <param name="keys">At least one key of at least 32 bytes; the first signs, all verify.</param>
    /// <param name="lifetime">How long a token is valid.</param>
    /// <param name="time">The clock.</param>
    public SessionTokens(IEnumerable<byte[]> keys, TimeSpan lifetime, TimeProvider time)
    {
        _keys = [.. keys];
        _lifetime = lifetime;
        _time = time;
        ArgumentOutOfRangeException.ThrowIfZero(_keys.Length, nameof(keys));
    }

    /// <summary>Makes a token that expires a lifetime from now.</summary>
    public string Issue(UserId user)
    {
        var expiry = (_time.GetUtcNow() + _lifetime).ToUnixTimeSeconds();
        var body = string.Create(CultureInfo.InvariantCulture, $"{user.Value}.{expiry}");
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(_keys[0], body, signature);
        return $"{body}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Whether <paramref name="token"/> was issued with one of the keys and has not expired. Never throws.</summary>
    /// <param name="token">What a client presents; may be null or anything.</param>
    /// <param name="user">The identity when valid.</param>
    public TokenVerdict Read(string? token, out UserId user)
    {
        user = default;
        if (token is null)
        {
            return TokenVerdict.Missing;
        }
        if (token.Length > MaxTokenLength)
        {
            return TokenVerdict.Malformed;
        }
        var second = token.LastIndexOf('.');
        var first = second > 0 ? token.LastIndexOf('.', second - 1) : -1;
        if (first < 0 || !IsSigned(token.AsSpan(0, second), token.AsSpan(second + 1)))
        {
            return TokenVerdict.Malformed;
        }
        var id = token.AsSpan(0, first);
        if (!UserId.IsWellFormed(id)
            || !long.TryParse(token.AsSpan(first + 1, second - first - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var expiry))
        {
            return TokenVerdict.Malformed;
        }
        if (expiry <= _time.GetUtcNow().ToUnixTimeSeconds())
        {
            return TokenVerdict.Expired;
        }
        user = new UserId(id.ToString());
        return TokenVerdict.Valid;
    }

    /// <summary>A key of 32 bytes for another purpose, the same wherever the tokens are signed alike.</summary>
    /// <param name="purpose">What it is for; no two uses share one.</param>
    public byte[] DeriveKey(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[0], HMACSHA256.HashSizeInBytes, info: Encoding.UTF8.GetBytes(purpose));

    private bool IsSigned(ReadOnlySpan<char> body, ReadOnlySpan<char> signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != Base64Url.GetEncodedLength(given.Length)
            // TryDecodeFromChars says false only of a short destination, and throws for what is not base64url.
            || Base64Url.DecodeFromChars(signature, given, out _, out var length) != OperationStatus.Done
            || length != given.Length)
        {
            return false;
        }
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var matches = false;
        foreach (var key in _keys)
        {
            Sign(key, body, expected);
            matches |= CryptographicOperations.FixedTimeEquals(expected, given);
        }
        return matches;
    }

    private static void Sign(byte[] key, ReadOnlySpan<char> body, Span<byte> signature)
    {
        Span<byte> text = stackalloc byte[(Purpose.Length + MaxTokenLength) * 3];
        var length = Encoding.UTF8.GetBytes(Purpose, text);
        length += Encoding.UTF8.GetBytes(body, text[length..]);
        HMACSHA256.HashData(key, text[..length], signature);
    }
}
