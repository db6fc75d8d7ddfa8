using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Camdiv.Tests.Kit.Otlp;

/// <summary>A real Prometheus with the project's alert rules that scrapes, every second, what a receiver got.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly HttpListener _page = new();
    private readonly HttpClient _http = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ProcessUnderTest _process;
    private readonly Task _serving;

    private PrometheusServer(string program, OtlpReceiver receiver)
    {
        var pagePort = FreePort.Tcp();
        _page.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{pagePort}/"));
        _page.Start();
        _serving = Task.Run(() => ServeAsync(receiver));
        var port = FreePort.Tcp();
        Address = new Uri($"http://127.0.0.1:{port}");
        File.WriteAllText(Path.Combine(_folder.Path, "prometheus.yml"), string.Create(CultureInfo.InvariantCulture, $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: ["{Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml")}"]
            scrape_configs:
              - job_name: otlp
                honor_labels: true
                static_configs: [targets: ["127.0.0.1:{pagePort}"]]
            """));
        _process = ProcessUnderTest.Start(
            program,
            [
                $"--config.file={_folder.Path}/prometheus.yml", $"--storage.tsdb.path={_folder.Path}/data",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ],
            _folder.Path);
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Starts it; the test is skipped where Prometheus is not installed.</summary>
    public static async Task<PrometheusServer> StartAsync(OtlpReceiver receiver)
    {
        var server = new PrometheusServer(Tools.Require("prometheus", "prometheus"), receiver);
        await Until.TrueAsync(server.IsReadyAsync, $"Prometheus is ready", TimeSpan.FromSeconds(60));
        return server;
    }

    /// <summary>Asks a question; the values of the samples that answer it.</summary>
    public async Task<IReadOnlyList<double>> QueryAsync(string query)
    {
        var answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}").ConfigureAwait(false);
        var result = answer["data"]!["result"]!.AsArray();
        return [.. result.Select(sample => double.Parse(sample!["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture))];
    }

    /// <summary>Alert rules that could not be evaluated, with the reason.</summary>
    public async Task<IReadOnlyList<string>> SickRulesAsync()
    {
        var answer = await GetAsync("/api/v1/rules").ConfigureAwait(false);
        return
        [
            .. answer["data"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray())
                .Where(rule => rule!["health"]!.GetValue<string>() != "ok")
                .Select(rule => $"{rule!["name"]}: {rule["health"]} {rule["lastError"]}"),
        ];
    }

    /// <summary>The names of all metrics it has.</summary>
    public async Task<IReadOnlySet<string>> NamesAsync()
    {
        var answer = await GetAsync("/api/v1/label/__name__/values").ConfigureAwait(false);
        return answer["data"]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        _page.Close();
        await _serving.ConfigureAwait(false);
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(Address, path)).ConfigureAwait(false);
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>().ConfigureAwait(false);
        return answer?["status"]?.GetValue<string>() == "success"
            ? answer
            : throw new InvalidOperationException($"Prometheus refuses {Uri.UnescapeDataString(path)}: {answer?["error"]}");
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process.HasExited, _process.Output);
        try
        {
            using var response = await _http.GetAsync(new Uri(Address, "/-/ready")).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task ServeAsync(OtlpReceiver receiver)
    {
        while (true)
        {
            try
            {
                var context = await _page.GetContextAsync().ConfigureAwait(false);
                context.Response.ContentType = "text/plain; version=0.0.4";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(PrometheusText.Write(receiver.Metrics)))
                    .ConfigureAwait(false);
                context.Response.Close();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
