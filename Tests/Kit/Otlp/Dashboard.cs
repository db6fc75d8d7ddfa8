using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>The queries of deploy/grafana/camdiv.json and deploy/prometheus/alerts.yml.</summary>
public static partial class Dashboard
{
    /// <summary>One query.</summary>
    /// <param name="Panel">The panel it is on.</param>
    /// <param name="Expression">The query, with Grafana's variables filled in.</param>
    public sealed record Query(string Panel, string Expression);

    /// <summary>All queries.</summary>
    public static IReadOnlyList<Query> Queries()
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "camdiv.json")))!;
        return
        [
            .. json["panels"]!.AsArray()
                .SelectMany(panel => (panel!["targets"]?.AsArray() ?? []).Select(target => new Query(
                    panel["title"]!.GetValue<string>(), Fill(target!["expr"]!.GetValue<string>())))),
        ];
    }

    /// <summary>The names of the metrics that a text of queries is about.</summary>
    public static IReadOnlySet<string> MetricsIn(string text)
    {
        var labels = MetricTable.Read().SelectMany(row => row.Tags).Select(tag => tag.Replace('.', '_')).ToHashSet();
        return WordPattern().Matches(text).Select(match => match.Value).Where(word => !labels.Contains(word)).ToHashSet();
    }

    /// <summary>The queries that Prometheus does not answer, or not with a number.</summary>
    public static async Task<IReadOnlyList<Query>> UnansweredAsync(PrometheusServer prometheus, IEnumerable<Query> queries)
    {
        var unanswered = new List<Query>();
        foreach (var query in queries)
        {
            var values = await prometheus.QueryAsync(query.Expression).ConfigureAwait(false);
            if (!values.Any(double.IsFinite))
            {
                unanswered.Add(query);
            }
        }
        return unanswered;
    }

    private static string Fill(string expression) => expression
        .Replace("$__rate_interval", "30s", StringComparison.Ordinal)
        .Replace("$__range_s", "60", StringComparison.Ordinal)
        .Replace("$__range", "60s", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$kbps", "1200", StringComparison.Ordinal)
        .Replace("$price", "0.01", StringComparison.Ordinal);

    [GeneratedRegex(@"\b(camdiv|dotnet)_[a-z_]+")]
    private static partial Regex WordPattern();
}
