using System.Text.RegularExpressions;

namespace Camdiv.Tests.Kit.Processes;

/// <summary>What a node's console tells, by level, as .NET's simple formatter writes it.</summary>
public static partial class NodeLog
{
    /// <summary>Entries above Information, each with the line of its message.</summary>
    public static IReadOnlyList<string> Above(string output) => Entries(output, "warn", "fail", "crit");

    /// <summary>Errors and worse.</summary>
    public static IReadOnlyList<string> Errors(string output) => Entries(output, "fail", "crit");

    /// <summary>Entries at Information.</summary>
    public static IReadOnlyList<string> Information(string output) => Entries(output, "info");

    private static List<string> Entries(string output, params string[] levels)
    {
        var lines = output.Split('\n');
        return
        [
            .. from i in Enumerable.Range(0, lines.Length)
               let head = Head().Match(lines[i])
               where head.Success && levels.Contains(head.Groups["level"].Value)
               select $"{lines[i]} {(i + 1 < lines.Length ? lines[i + 1].Trim() : "")}",
        ];
    }

    [GeneratedRegex(@"^(\d\S* )?(?<level>[a-z]{4}): \S+\[\d+\]")]
    private static partial Regex Head();
}
