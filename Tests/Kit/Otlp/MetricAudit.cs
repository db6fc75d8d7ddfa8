namespace Camdiv.Tests.Kit.Otlp;

/// <summary>Holds what was received against the guide's table.</summary>
public static class MetricAudit
{
    // The runtime's own, which the guide names as a group.
    private const string RuntimePrefix = "dotnet.";

    /// <summary>Names of the table's metrics for these kinds of process that have not come yet.</summary>
    public static IReadOnlyList<string> Missing(OtlpReceiver receiver, params string[] where)
    {
        var received = receiver.Metrics.Where(metric => metric.Points.Count > 0).Select(metric => metric.Name).ToHashSet();
        return [.. MetricTable.Read().Where(row => where.Contains(row.Where)).Select(row => row.Name).Where(name => !received.Contains(name))];
    }

    /// <summary>Everything received that the table does not say, or says otherwise.</summary>
    public static IReadOnlyList<string> Undocumented(OtlpReceiver receiver)
    {
        var table = MetricTable.Read().ToDictionary(row => row.Name);
        var wrong = new List<string>();
        foreach (var metric in receiver.Metrics.Where(metric => !metric.Name.StartsWith(RuntimePrefix, StringComparison.Ordinal)))
        {
            if (!table.TryGetValue(metric.Name, out var row))
            {
                wrong.Add($"{metric.Name} is not in the table");
                continue;
            }
            if (row.Kind != metric.Kind || row.Unit != metric.Unit)
            {
                wrong.Add($"{metric.Name} is a {metric.Kind} in {metric.Unit}, not a {row.Kind} in {row.Unit}");
            }
            foreach (var point in metric.Points.Where(point => !row.Tags.SetEquals(point.Tags.Keys)))
            {
                wrong.Add($"{metric.Name} bears {string.Join(' ', point.Tags.Keys)}, not {string.Join(' ', row.Tags)}");
            }
        }
        return [.. wrong.Distinct()];
    }
}
