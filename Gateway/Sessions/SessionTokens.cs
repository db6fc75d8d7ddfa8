using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Sessions;

/// <summary>
/// Session tokens: <c>USER.GENERATION.BORN.EXPIRY.SIGNATURE</c>, times in Unix seconds, SIGNATURE the base64url HMAC-SHA256
/// of what stands before it. Thread-safe.
/// </summary>
public sealed class SessionTokens
{
    // Told apart from anything else that might ever be signed with the same key.
    private const string Purpose = "camdiv.session.v2|";
    private const int MaxTokenLength = 160;
    private const int Numbers = 3;

    private readonly byte[][] _keys;
    private readonly TimeSpan _lifetime;
    private readonly TimeSpan _maxLifetime;
    private readonly TimeProvider _time;

    /// <summary>Creates the codec.</summary>
    /// <param name="keys">At least one key of at least 32 bytes; the first signs, all verify.</param>
    /// <param name="lifetime">How long a token is valid.</param>
    /// <param name="maxLifetime">How long an identity is, however often its token is renewed.</param>
    /// <param name="time">The clock.</param>
    public SessionTokens(IEnumerable<byte[]> keys, TimeSpan lifetime, TimeSpan maxLifetime, TimeProvider time)
    {
        _keys = [.. keys];
        _lifetime = lifetime;
        _maxLifetime = maxLifetime;
        _time = time;
        ArgumentOutOfRangeException.ThrowIfZero(_keys.Length, nameof(keys));
    }

    /// <summary>The present, in Unix seconds.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The first token of an identity that begins now.</summary>
    public SessionToken Begin(UserId user) => Renew(new SessionToken(user, 0, Now, 0));

    /// <summary>The next token of an identity: valid for a lifetime from now, but not past the identity's end.</summary>
    public SessionToken Renew(SessionToken token) => token with
    {
        Generation = token.Generation + 1,
        ExpiresAt = Math.Min(Now + (long)_lifetime.TotalSeconds, EndOf(token)),
    };

    /// <summary>When an identity ends, in Unix seconds.</summary>
    public long EndOf(SessionToken token) => token.BornAt + (long)_maxLifetime.TotalSeconds;

    /// <summary>The token as text.</summary>
    public string Write(SessionToken token)
    {
        var body = string.Create(
            CultureInfo.InvariantCulture, $"{token.User.Value}.{token.Generation}.{token.BornAt}.{token.ExpiresAt}");
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(_keys[0], body, signature);
        return $"{body}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Whether <paramref name="text"/> was written with one of the keys and has not expired. Never throws.</summary>
    /// <param name="text">What a client presents; may be null or anything.</param>
    /// <param name="token">What it says when valid.</param>
    public TokenVerdict Read(string? text, out SessionToken token)
    {
        token = default;
        if (text is null)
        {
            return TokenVerdict.Missing;
        }
        var end = text.Length <= MaxTokenLength ? text.LastIndexOf('.') : -1;
        if (end < 0 || !IsSigned(text.AsSpan(0, end), text.AsSpan(end + 1)) || !TryParse(text.AsSpan(0, end), out var said))
        {
            return TokenVerdict.Malformed;
        }
        if (Math.Min(said.ExpiresAt, EndOf(said)) <= Now)
        {
            return TokenVerdict.Expired;
        }
        token = said;
        return TokenVerdict.Valid;
    }

    /// <summary>A key of 32 bytes for another purpose, the same wherever the tokens are signed alike.</summary>
    /// <param name="purpose">What it is for; no two uses share one.</param>
    public byte[] DeriveKey(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[0], HMACSHA256.HashSizeInBytes, info: Encoding.UTF8.GetBytes(purpose));

    private static bool TryParse(ReadOnlySpan<char> body, out SessionToken token)
    {
        token = default;
        Span<long> numbers = stackalloc long[Numbers];
        for (var i = Numbers - 1; i >= 0; i--)
        {
            var dot = body.LastIndexOf('.');
            if (dot < 0 || !long.TryParse(body[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
            body = body[..dot];
        }
        if (!UserId.IsWellFormed(body))
        {
            return false;
        }
        token = new SessionToken(new UserId(body.ToString()), numbers[0], numbers[1], numbers[2]);
        return true;
    }

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
