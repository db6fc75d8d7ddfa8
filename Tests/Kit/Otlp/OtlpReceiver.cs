using System.Globalization;
using System.IO.Compression;
using System.Net;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>A collector for OTLP over HTTP with protobuf bodies, on loopback. Keeps each process's newest metrics.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<(string Instance, string Name), OtlpMetric> _metrics = [];
    private readonly List<OtlpSpan> _spans = [];
    private readonly List<OtlpLog> _logs = [];
    private readonly Lock _gate = new();
    private readonly Task _serving;
    private Exception? _fault;

    private OtlpReceiver(int port)
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Where exporters send to.</summary>
    public Uri Address { get; }

    /// <summary>The newest of every metric of every process.</summary>
    public IReadOnlyList<OtlpMetric> Metrics => Read(() => _metrics.Values.ToArray());

    /// <summary>Every span received.</summary>
    public IReadOnlyList<OtlpSpan> Spans => Read(() => _spans.ToArray());

    /// <summary>Every log line received.</summary>
    public IReadOnlyList<OtlpLog> Logs => Read(() => _logs.ToArray());

    /// <summary>Starts it on a free port.</summary>
    public static OtlpReceiver Start() => new(FreePort.Tcp());

    /// <summary>The environment that lets a program export to this receiver twice a second, with every trace.</summary>
    public IReadOnlyDictionary<string, string> Environment(string instance) => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_TRACES_SAMPLER"] = "always_on",
        ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}",
    };

    /// <summary>The newest value of a series, summed over processes and over the tags not named; null when there is none.</summary>
    public double? Sum(string metric, params (string Tag, string Value)[] tags)
    {
        var points = Metrics.Where(m => m.Name == metric).SelectMany(m => m.Points)
            .Where(point => tags.All(tag => point.Tags.GetValueOrDefault(tag.Tag) == tag.Value))
            .Select(point => point.Buckets.Count > 0 ? point.Count : point.Value)
            .ToList();
        return points.Count == 0 ? null : points.Sum();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(false);
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            return _fault is null ? read() : throw new InvalidDataException("The receiver cannot read what came.", _fault);
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            await AnswerAsync(context).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            var input = context.Request.Headers["Content-Encoding"] == "gzip"
                ? new GZipStream(context.Request.InputStream, CompressionMode.Decompress)
                : context.Request.InputStream;
            await input.CopyToAsync(body).ConfigureAwait(false);
            lock (_gate)
            {
                Take(context.Request.Url!.AbsolutePath, context.Request.ContentType, body.ToArray());
            }
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            lock (_gate)
            {
                _fault ??= fault;
            }
            context.Response.Abort();
        }
    }

    private void Take(string path, string? type, byte[] body)
    {
        if (type != "application/x-protobuf")
        {
            throw new InvalidDataException($"Expected protobuf at {path}, not {type}.");
        }
        switch (path)
        {
            case "/v1/metrics":
                foreach (var metric in OtlpDecoder.Metrics(body))
                {
                    _metrics[(metric.Resource.GetValueOrDefault("service.instance.id", ""), metric.Name)] = metric;
                }
                break;
            case "/v1/traces":
                _spans.AddRange(OtlpDecoder.Spans(body));
                break;
            case "/v1/logs":
                _logs.AddRange(OtlpDecoder.Logs(body));
                break;
            default:
                throw new InvalidDataException($"Nothing is served at {path}.");
        }
    }
}
