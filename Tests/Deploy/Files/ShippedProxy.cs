using System.Globalization;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>A proxy on its shipped configuration, adapted to this machine and to one gateway, and nothing else of it.</summary>
internal sealed class ShippedProxy : IAsyncDisposable
{
    /// <summary>Every configuration that is shipped.</summary>
    public static readonly TheoryData<string> All = new("haproxy/haproxy.cfg", "compose/haproxy.cfg", "local/haproxy.cfg", "nginx/camdiv.conf");

    private readonly TemporaryFolder _folder = new();

    private ShippedProxy(string file, int gateway, (string Part, string With)[] changes)
    {
        var port = FreePort.Tcp();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var text = Adapt(DeployFiles.Text(file), [.. Own(file, port, gateway), .. changes]);
        if (file.StartsWith("nginx", StringComparison.Ordinal))
        {
            Process = ProcessUnderTest.Start(
                Tools.Require("nginx", "nginx-light"),
                ["-e", "stderr", "-c", Wrap(_folder, text), "-p", _folder.Path, "-g", "daemon off;"]);
            return;
        }
        var path = Path.Combine(_folder.Path, "haproxy.cfg");
        File.WriteAllText(path, text);
        Process = ProcessUnderTest.Start(
            Tools.Require("haproxy", "haproxy"),
            ["-db", "-f", path],
            environment: new Dictionary<string, string>
            {
                ["CAMDIV_HTTP_PORT"] = Text(port),
                ["CAMDIV_STATS_PORT"] = Text(FreePort.Tcp()),
                ["CAMDIV_GATEWAY_1_PORT"] = Text(gateway),
                ["CAMDIV_GATEWAY_2_PORT"] = Text(gateway),
            });
    }

    public Uri Address { get; }

    public ProcessUnderTest Process { get; }

    /// <summary>Starts it and awaits that it serves.</summary>
    /// <param name="file">Its configuration below deploy/.</param>
    /// <param name="gateway">The port of the gateway behind it.</param>
    /// <param name="changes">More parts to replace; each must be there.</param>
    public static async Task<ShippedProxy> StartAsync(string file, int gateway, params (string Part, string With)[] changes)
    {
        var proxy = new ShippedProxy(file, gateway, changes);
        try
        {
            await Until.TrueAsync(() => ServesAsync(proxy.Address), $"{file} serves: {proxy.Process.Output}", TimeSpan.FromSeconds(30));
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Replaces parts. Each must be there: a changed example would otherwise be tested in its old shape.</summary>
    public static string Adapt(string text, params (string Part, string With)[] changes)
    {
        foreach (var (part, with) in changes)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
            text = text.Replace(part, with, StringComparison.Ordinal);
        }
        return text;
    }

    /// <summary>Writes a whole nginx configuration around a site.</summary>
    public static string Wrap(TemporaryFolder folder, string site)
    {
        var path = Path.Combine(folder.Path, "nginx.conf");
        string Temporary(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_temp_path {folder.Path}/{kind};");
        File.WriteAllText(path, $$"""
            pid {{folder.Path}}/nginx.pid;
            events { worker_connections 1024; }
            http {
              access_log off;
              {{Temporary("client_body")}} {{Temporary("proxy")}} {{Temporary("fastcgi")}} {{Temporary("uwsgi")}} {{Temporary("scgi")}}
              {{site}}
            }
            """);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }

    private static (string Part, string With)[] Own(string file, int port, int gateway) => file switch
    {
        "haproxy/haproxy.cfg" =>
        [
            ("  maxconn 200000\n", "  maxconn 500\n"),
            ("  bind :80\n", $"  bind 127.0.0.1:{port}\n"),
            ("  bind :443 ssl crt \"${CAMDIV_CERTIFICATE}\" alpn h2,http/1.1\n", ""),
            ("  http-request redirect scheme https code 308 unless { ssl_fc }\n", ""),
            ("  server gateway-1 10.0.0.11:5080\n", $"  server gateway-1 127.0.0.1:{gateway}\n"),
            ("  server gateway-2 10.0.0.12:5080\n", ""),
            ("  bind 127.0.0.1:8405\n", $"  bind 127.0.0.1:{FreePort.Tcp()}\n"),
        ],
        "compose/haproxy.cfg" =>
        [
            ("  maxconn 20000\n", "  maxconn 500\n"),
            ("  bind :8080\n", $"  bind 127.0.0.1:{port}\n"),
            ("  server gateway-1 gateway-1:5080\n", $"  server gateway-1 127.0.0.1:{gateway}\n"),
            ("  server gateway-2 gateway-2:5080\n", ""),
        ],
        "local/haproxy.cfg" => [],
        "nginx/camdiv.conf" =>
        [
            ("    listen 80;\n    listen [::]:80;\n", $"    listen 127.0.0.1:{FreePort.Tcp()};\n"),
            ("    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n", $"    listen 127.0.0.1:{port};\n"),
            ("    ssl_certificate     /etc/nginx/tls/chat.example.org.crt;\n    ssl_certificate_key /etc/nginx/tls/chat.example.org.key;\n", ""),
            ("    server 10.0.0.11:5080 max_fails=1 fail_timeout=2s;\n", $"    server 127.0.0.1:{gateway};\n"),
            ("    server 10.0.0.12:5080 max_fails=1 fail_timeout=2s;\n", ""),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(file), file, "No such proxy is shipped."),
    };

    private static async Task<bool> ServesAsync(Uri address)
    {
        try
        {
            using var http = new HttpClient();
            using var response = await http.GetAsync(new Uri(address, "/healthz/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
