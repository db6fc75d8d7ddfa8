using System.Globalization;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>Reads the bodies that an OTLP exporter posts (opentelemetry-proto, collector/*/v1).</summary>
internal static class OtlpDecoder
{
    /// <summary>Reads an ExportMetricsServiceRequest.</summary>
    public static List<OtlpMetric> Metrics(ReadOnlySpan<byte> body)
    {
        var metrics = new List<OtlpMetric>();
        Walk(body, (resource, scope, item) => metrics.Add(Metric(resource, scope, item)));
        return metrics;
    }

    /// <summary>Reads an ExportTraceServiceRequest.</summary>
    public static List<OtlpSpan> Spans(ReadOnlySpan<byte> body)
    {
        var spans = new List<OtlpSpan>();
        Walk(body, (resource, scope, item) => spans.Add(Span(resource, scope, item)));
        return spans;
    }

    /// <summary>Reads an ExportLogsServiceRequest.</summary>
    public static List<OtlpLog> Logs(ReadOnlySpan<byte> body)
    {
        var logs = new List<OtlpLog>();
        Walk(body, (resource, scope, item) =>
        {
            var text = "";
            for (var log = new ProtoReader(item); log.Next();)
            {
                text = log.Field == 5 ? Any(log.Value) : text;
            }
            logs.Add(new OtlpLog(resource, scope, text));
        });
        return logs;
    }

    private delegate void Take(IReadOnlyDictionary<string, string> resource, string scope, ReadOnlySpan<byte> item);

    // All three signals nest alike: resource (1) and scopes (2), in them scope (1) and items (2).
    private static void Walk(ReadOnlySpan<byte> body, Take take)
    {
        for (var request = new ProtoReader(body); request.Next();)
        {
            var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var resource = new ProtoReader(request.Value); resource.Next();)
            {
                if (resource.Field == 1)
                {
                    attributes = Attributes(resource.Value, 1);
                }
            }
            for (var resource = new ProtoReader(request.Value); resource.Next();)
            {
                if (resource.Field == 2)
                {
                    WalkScope(attributes, resource.Value, take);
                }
            }
        }
    }

    private static void WalkScope(IReadOnlyDictionary<string, string> resource, ReadOnlySpan<byte> scoped, Take take)
    {
        var name = "";
        for (var reader = new ProtoReader(scoped); reader.Next();)
        {
            if (reader.Field == 1)
            {
                for (var scope = new ProtoReader(reader.Value); scope.Next();)
                {
                    name = scope.Field == 1 ? scope.Text : name;
                }
            }
            else if (reader.Field == 2)
            {
                take(resource, name, reader.Value);
            }
        }
    }

    private static OtlpMetric Metric(IReadOnlyDictionary<string, string> resource, string scope, ReadOnlySpan<byte> bytes)
    {
        var (name, unit, kind) = ("", "", OtlpKind.Gauge);
        var points = new List<OtlpPoint>();
        for (var metric = new ProtoReader(bytes); metric.Next();)
        {
            switch (metric.Field)
            {
                case 1:
                    name = metric.Text;
                    break;
                case 3:
                    unit = metric.Text;
                    break;
                case 5:
                    Points(metric.Value, points, isHistogram: false);
                    break;
                case 7:
                    kind = Points(metric.Value, points, isHistogram: false) ? OtlpKind.Counter : OtlpKind.UpDown;
                    break;
                case 9:
                    kind = OtlpKind.Histogram;
                    Points(metric.Value, points, isHistogram: true);
                    break;
            }
        }
        return new OtlpMetric(resource, scope, name, unit, kind, points);
    }

    // Returns whether the sum is monotonic.
    private static bool Points(ReadOnlySpan<byte> data, List<OtlpPoint> points, bool isHistogram)
    {
        var isMonotonic = false;
        for (var reader = new ProtoReader(data); reader.Next();)
        {
            if (reader.Field == 1)
            {
                points.Add(isHistogram ? Distribution(reader.Value) : Number(reader.Value));
            }
            else if (reader.Field == 3)
            {
                isMonotonic = reader.Bool;
            }
        }
        return isMonotonic;
    }

    private static OtlpPoint Number(ReadOnlySpan<byte> bytes)
    {
        var value = 0.0;
        for (var point = new ProtoReader(bytes); point.Next();)
        {
            value = point.Field switch { 4 => point.Double, 6 => point.Int, _ => value };
        }
        return new OtlpPoint(Attributes(bytes, 7), value, 0, [], []);
    }

    private static OtlpPoint Distribution(ReadOnlySpan<byte> bytes)
    {
        var (sum, count) = (0.0, 0L);
        double[] bounds = [];
        long[] buckets = [];
        for (var point = new ProtoReader(bytes); point.Next();)
        {
            switch (point.Field)
            {
                case 4:
                    count = point.Int;
                    break;
                case 5:
                    sum = point.Double;
                    break;
                case 6:
                    buckets = Array.ConvertAll(point.Packed(), value => (long)value);
                    break;
                case 7:
                    bounds = Array.ConvertAll(point.Packed(), BitConverter.UInt64BitsToDouble);
                    break;
            }
        }
        return new OtlpPoint(Attributes(bytes, 9), sum, count, bounds, buckets);
    }

    private static OtlpSpan Span(IReadOnlyDictionary<string, string> resource, string scope, ReadOnlySpan<byte> bytes)
    {
        var (trace, id, parent, name) = ("", "", "", "");
        for (var span = new ProtoReader(bytes); span.Next();)
        {
            switch (span.Field)
            {
                case 1:
                    trace = Convert.ToHexStringLower(span.Value);
                    break;
                case 2:
                    id = Convert.ToHexStringLower(span.Value);
                    break;
                case 4:
                    parent = Convert.ToHexStringLower(span.Value);
                    break;
                case 5:
                    name = span.Text;
                    break;
            }
        }
        return new OtlpSpan(resource, scope, name, trace, id, parent, Attributes(bytes, 9));
    }

    private static Dictionary<string, string> Attributes(ReadOnlySpan<byte> message, int field)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var reader = new ProtoReader(message); reader.Next();)
        {
            if (reader.Field != field)
            {
                continue;
            }
            var (key, value) = ("", "");
            for (var pair = new ProtoReader(reader.Value); pair.Next();)
            {
                key = pair.Field == 1 ? pair.Text : key;
                value = pair.Field == 2 ? Any(pair.Value) : value;
            }
            attributes[key] = value;
        }
        return attributes;
    }

    private static string Any(ReadOnlySpan<byte> bytes)
    {
        var text = "";
        for (var any = new ProtoReader(bytes); any.Next();)
        {
            text = any.Field switch
            {
                1 => any.Text,
                2 => any.Bool ? "true" : "false",
                3 => any.Int.ToString(CultureInfo.InvariantCulture),
                4 => any.Double.ToString(CultureInfo.InvariantCulture),
                _ => text,
            };
        }
        return text;
    }
}
