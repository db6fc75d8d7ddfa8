using System.Globalization;
using System.Text;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>
/// Metrics as Prometheus' text format, named as its own OTLP receiver names them: dots to underscores, the unit's word
/// and <c>_total</c> appended, <c>service.name</c> as job and <c>service.instance.id</c> as instance. Debian's Prometheus
/// is older than that receiver, so tests translate and let it scrape.
/// </summary>
public static class PrometheusText
{
    /// <summary>The metric's name in Prometheus; a histogram's without <c>_bucket</c> and kin.</summary>
    public static string NameOf(OtlpMetric metric)
    {
        var tokens = metric.Name.Split('.', '_').ToList();
        if (UnitWord(metric.Unit) is { } word && !tokens.Contains(word))
        {
            tokens.Add(word);
        }
        if (metric is { Unit: "1", Kind: OtlpKind.Gauge })
        {
            tokens.Remove("ratio");
            tokens.Add("ratio");
        }
        if (metric.Kind == OtlpKind.Counter)
        {
            tokens.Remove("total");
            tokens.Add("total");
        }
        return string.Join('_', tokens);
    }

    /// <summary>All metrics as one page.</summary>
    public static string Write(IEnumerable<OtlpMetric> metrics)
    {
        var text = new StringBuilder();
        foreach (var group in metrics.GroupBy(NameOf))
        {
            var kind = group.First().Kind switch
            {
                OtlpKind.Histogram => "histogram",
                OtlpKind.Counter => "counter",
                _ => "gauge",
            };
            text.Append("# TYPE ").Append(group.Key).Append(' ').Append(kind).Append('\n');
            foreach (var metric in group)
            {
                foreach (var point in metric.Points)
                {
                    Write(text, group.Key, Labels(metric, point), point);
                }
            }
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string labels, OtlpPoint point)
    {
        if (point.Buckets.Count == 0)
        {
            Line(text, name, labels, point.Value);
            return;
        }
        var below = 0L;
        for (var i = 0; i < point.Buckets.Count; i++)
        {
            below += point.Buckets[i];
            var bound = i < point.Bounds.Count ? point.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            Line(text, name + "_bucket", $"{labels},le=\"{bound}\"", below);
        }
        Line(text, name + "_sum", labels, point.Value);
        Line(text, name + "_count", labels, point.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append('{').Append(labels).Append("} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');

    private static string Labels(OtlpMetric metric, OtlpPoint point)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["job"] = metric.Resource.GetValueOrDefault("service.name", ""),
            ["instance"] = metric.Resource.GetValueOrDefault("service.instance.id", ""),
        };
        foreach (var (tag, value) in point.Tags)
        {
            labels[tag.Replace('.', '_')] = value;
        }
        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\""));
    }

    private static string? UnitWord(string unit) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        _ => null,
    };
}
