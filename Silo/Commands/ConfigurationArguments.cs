using System.CommandLine;

namespace Camdiv.Silo.Commands;

/// <summary>The part of a command line that is configuration: <c>--KEY=VALUE</c> or <c>--KEY VALUE</c>.</summary>
internal static class ConfigurationArguments
{
    /// <summary>Takes what the command line's own options left over, and complains about words that are neither.</summary>
    public static bool TryTake(ParseResult parsed, out string[] configuration)
    {
        configuration = [.. parsed.UnmatchedTokens];
        var stray = Stray(configuration);
        if (stray is null)
        {
            return true;
        }
        parsed.InvocationConfiguration.Error.WriteLine(
            $"'{stray}' is neither a command nor configuration (--SECTION:KEY=VALUE). See --help.");
        return false;
    }

    private static string? Stray(string[] tokens)
    {
        var takesValue = false;
        foreach (var token in tokens)
        {
            if (token.StartsWith("--", StringComparison.Ordinal) && token.Length > 2)
            {
                takesValue = !token.Contains('=', StringComparison.Ordinal);
            }
            else if (takesValue)
            {
                takesValue = false;
            }
            else
            {
                return token;
            }
        }
        return null;
    }
}
