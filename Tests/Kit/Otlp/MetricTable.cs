using System.Text.RegularExpressions;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>The table of metrics in deploy/README.md.</summary>
public static partial class MetricTable
{
    /// <summary>One row.</summary>
    /// <param name="Name">The metric's name.</param>
    /// <param name="Kind">What it is.</param>
    /// <param name="Unit">Its unit.</param>
    /// <param name="Tags">Its tags.</param>
    /// <param name="Where">Which processes have it: <c>all</c>, <c>gateway</c>, <c>matchmaker</c>, <c>cluster</c> or <c>embedded</c>.</param>
    public sealed record Row(string Name, OtlpKind Kind, string Unit, IReadOnlySet<string> Tags, string Where);

    /// <summary>The rows, in order.</summary>
    public static IReadOnlyList<Row> Read() =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "deploy", "README.md")).Select(ReadRow).OfType<Row>()];

    private static Row? ReadRow(string line)
    {
        var match = RowPattern().Match(line);
        if (!match.Success)
        {
            return null;
        }
        var kind = match.Groups["kind"].Value switch
        {
            "gauge" => OtlpKind.Gauge,
            "counter" => OtlpKind.Counter,
            "up-down" => OtlpKind.UpDown,
            "histogram" => OtlpKind.Histogram,
            var other => throw new InvalidDataException($"'{other}' is no kind of metric: {line}"),
        };
        return new Row(
            match.Groups["name"].Value,
            kind,
            match.Groups["unit"].Value,
            TagPattern().Matches(match.Groups["tags"].Value).Select(tag => tag.Groups[1].Value).ToHashSet(),
            match.Groups["where"].Value);
    }

    [GeneratedRegex(@"^\| `(?<name>camdiv\.[a-z_.]+)` \| (?<kind>[a-z-]+) \| `(?<unit>[^`]+)` \| (?<tags>[^|]*) \| (?<where>[a-z]+) \|")]
    private static partial Regex RowPattern();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex TagPattern();
}
