namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Session tokens that were damaged on their way, or made up.</summary>
public static class Damage
{
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.!~%";

    /// <summary>Texts of printable ASCII that are no token, among them one with each place of the token changed.</summary>
    public static IEnumerable<string> Of(string token)
    {
        yield return "";
        yield return "x";
        yield return "x.1." + new string('!', 43);
        yield return new string('.', 43);
        yield return token + "x";
        yield return token[..^1];
        yield return new string('A', token.Length);
        yield return new string('A', 4_000);
        for (var i = 0; i < token.Length; i++)
        {
            yield return token[..i] + Other(token[i], i) + token[(i + 1)..];
        }
        // The last character has bits beyond the signature's end: its twins decode alike, and no decoder may take them.
        foreach (var c in Characters.Where(c => c != token[^1]))
        {
            yield return token[..^1] + c;
        }
    }

    private static char Other(char present, int seed)
    {
        var other = Characters[(seed * 7) % Characters.Length];
        return other == present ? '!' : other;
    }
}
