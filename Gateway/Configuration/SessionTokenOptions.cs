namespace Camdiv.Gateway.Configuration;

/// <summary>Session tokens. Bound from the configuration section <c>Session</c>.</summary>
public sealed class SessionTokenOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Session";

    /// <summary>Fewest bytes of a key.</summary>
    public const int MinKeyBytes = 32;

    /// <summary>
    /// Base64 keys of at least 32 bytes; the first signs, all verify. Empty: one is generated once and kept in the data
    /// folder. Several gateways need the same keys.
    /// </summary>
    public string[] Keys { get; set; } = [];

    /// <summary>How long a token is valid after its last renewal, in seconds (1 to 31,536,000).</summary>
    public int LifetimeSeconds { get; set; } = 86_400;

    /// <summary>How long an identity lives, however often its token is renewed, in seconds (the lifetime to 31,536,000).</summary>
    public int MaxLifetimeSeconds { get; set; } = 604_800;

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        foreach (var problem in Bound.Check(
            new(nameof(LifetimeSeconds), LifetimeSeconds, 1, 31_536_000),
            new(nameof(MaxLifetimeSeconds), MaxLifetimeSeconds, Math.Clamp(LifetimeSeconds, 1, 31_536_000), 31_536_000)))
        {
            yield return problem;
        }
        for (var i = 0; i < Keys.Length; i++)
        {
            if (!TryDecode(Keys[i], out _))
            {
                yield return ($"{nameof(Keys)}:{i}", $"must be base64 of at least {MinKeyBytes} bytes");
            }
        }
    }

    internal static bool TryDecode(string text, out byte[] key)
    {
        key = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, key, out var length) || length < MinKeyBytes)
        {
            key = [];
            return false;
        }
        Array.Resize(ref key, length);
        return true;
    }
}
