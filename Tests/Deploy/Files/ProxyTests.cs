using System.Globalization;
using System.Net;
using Camdiv.Tests.Deploy.Telemetry;
using Camdiv.Tests.Deploy.Turn;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The HAProxy and nginx examples: valid, and true to the WebSocket and to the client's address.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("haproxy/haproxy.cfg")]
    [InlineData("compose/haproxy.cfg")]
    [InlineData("local/haproxy.cfg")]
    public void HAProxy_takes_it(string file)
    {
        var haproxy = Tools.Require("haproxy", "haproxy");
        using var certificates = new Certificates();
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["CAMDIV_CERTIFICATE"] = Joined(certificates, folder),
            ["CAMDIV_HTTP_PORT"] = "18000",
            ["CAMDIV_STATS_PORT"] = "18005",
            ["CAMDIV_GATEWAY_1_PORT"] = "18001",
            ["CAMDIV_GATEWAY_2_PORT"] = "18002",
        };
        var run = Run.ToEnd(haproxy, ["-c", "-f", DeployFiles.Path(file)], environment: environment);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.Contains("Configuration file is valid", run.Text, StringComparison.Ordinal);
        // The names of compose's services resolve in its network only; nothing else may be warned of.
        Assert.DoesNotContain(
            run.Text.Split('\n'),
            line => line.Contains("[WARNING]", StringComparison.Ordinal) && !line.Contains("could not resolve address", StringComparison.Ordinal));

        var broken = Path.Combine(folder.Path, "broken.cfg");
        File.WriteAllText(broken, DeployFiles.Text(file) + "\n  no-such-word 1\n");
        Assert.NotEqual(0, Run.ToEnd(haproxy, ["-c", "-f", broken], environment: environment).ExitCode);
    }

    [Fact]
    public async Task Strangers_meet_through_HAProxy_which_tells_their_addresses()
    {
        var haproxy = Tools.Require("haproxy", "haproxy");
        await using var gateway = await BehindProxyAsync();
        using var folder = new TemporaryFolder();
        var port = FreePort.Tcp();
        var config = Path.Combine(folder.Path, "haproxy.cfg");
        File.WriteAllText(config, Adapt(
            DeployFiles.Text("haproxy/haproxy.cfg"),
            ("  maxconn 200000\n", "  maxconn 500\n"),
            ("  bind :80\n", $"  bind 127.0.0.1:{port}\n"),
            ("  bind :443 ssl crt \"${CAMDIV_CERTIFICATE}\" alpn h2,http/1.1\n", ""),
            ("  http-request redirect scheme https code 308 unless { ssl_fc }\n", ""),
            ("  server gateway-1 10.0.0.11:5080\n", $"  server gateway-1 127.0.0.1:{gateway.Address.Port}\n"),
            ("  server gateway-2 10.0.0.12:5080\n", ""),
            ("  bind 127.0.0.1:8405\n", $"  bind 127.0.0.1:{FreePort.Tcp()}\n")));
        await using var proxy = ProcessUnderTest.Start(haproxy, ["-db", "-f", config]);
        await AddressesAreToldAsync(new Uri($"http://127.0.0.1:{port}"), proxy);
    }

    [Fact]
    public async Task Strangers_meet_through_nginx_which_tells_their_addresses()
    {
        var nginx = Tools.Require("nginx", "nginx-light");
        await using var gateway = await BehindProxyAsync();
        using var folder = new TemporaryFolder();
        var port = FreePort.Tcp();
        var config = Wrap(folder, Adapt(
            DeployFiles.Text("nginx/camdiv.conf"),
            ("    listen 80;\n    listen [::]:80;\n", $"    listen 127.0.0.1:{FreePort.Tcp()};\n"),
            ("    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n", $"    listen 127.0.0.1:{port};\n"),
            ("    ssl_certificate     /etc/nginx/tls/chat.example.org.crt;\n    ssl_certificate_key /etc/nginx/tls/chat.example.org.key;\n", ""),
            ("    server 10.0.0.11:5080 max_fails=1 fail_timeout=2s;\n", $"    server 127.0.0.1:{gateway.Address.Port};\n"),
            ("    server 10.0.0.12:5080 max_fails=1 fail_timeout=2s;\n", "")));
        await using var proxy = ProcessUnderTest.Start(nginx, ["-e", "stderr", "-c", config, "-p", folder.Path, "-g", "daemon off;"]);
        await AddressesAreToldAsync(new Uri($"http://127.0.0.1:{port}"), proxy);
    }

    [Fact]
    public void Nginx_takes_it()
    {
        var nginx = Tools.Require("nginx", "nginx-light");
        using var certificates = new Certificates();
        using var folder = new TemporaryFolder();
        // Other ports, because even a test of the configuration opens them; the certificate's place is the target machine's.
        var adapted = DeployFiles.Text("nginx/camdiv.conf")
            .Replace("/etc/nginx/tls/chat.example.org.crt", certificates.Certificate, StringComparison.Ordinal)
            .Replace("/etc/nginx/tls/chat.example.org.key", certificates.Key, StringComparison.Ordinal)
            .Replace("listen 80;", $"listen 127.0.0.1:{FreePort.Tcp()};", StringComparison.Ordinal)
            .Replace("listen [::]:80;", "", StringComparison.Ordinal)
            .Replace("listen 443 ssl", $"listen 127.0.0.1:{FreePort.Tcp()} ssl", StringComparison.Ordinal)
            .Replace("listen [::]:443 ssl http2;", "", StringComparison.Ordinal);
        var run = Run.ToEnd(nginx, ["-t", "-e", "stderr", "-c", Wrap(folder, adapted), "-p", folder.Path]);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.DoesNotContain("[warn]", run.Text, StringComparison.Ordinal);
        Assert.NotEqual(0, Run.ToEnd(nginx, ["-t", "-e", "stderr", "-c", Wrap(folder, adapted + "\nno_such_word;"), "-p", folder.Path]).ExitCode);
    }

    private static Task<EmbeddedGateway> BehindProxyAsync() => EmbeddedGateway.StartAsync(
        null, "--Gateway:TrustedProxies:0=127.0.0.1/32", "--Gateway:Limits:ConnectionsPerAddress=1");

    // One connection an address: whoever is taken for somebody else is refused, and whoever pretends is not believed.
    private static async Task AddressesAreToldAsync(Uri address, ProcessUnderTest proxy)
    {
        var first = new WireClientOptions { From = IPAddress.Parse("127.0.0.11"), Name = "first" };
        var second = new WireClientOptions { From = IPAddress.Parse("127.0.0.12"), Name = "second" };
        await Until.TrueAsync(() => ServesAsync(address), $"the proxy serves: {proxy.Output}", TimeSpan.FromSeconds(30));
        await using var one = await WireClient.JoinAsync(address, first);
        await using var two = await WireClient.JoinAsync(address, second);
        await one.StartAsync();
        await two.StartAsync();
        await one.NextAsync(frame => frame.Type == "matched", "matched");
        await two.NextAsync(frame => frame.Type == "matched", "matched");
        await one.RelayAsync("through the proxy");
        await two.NextAsync(frame => frame.Payload == "through the proxy", "the frame");

        await using var again = await WireClient.OpenAsync(address, first with { Name = "again" });
        await again.ClosedAsync(4429);
        var pretending = first with { Headers = new Dictionary<string, string> { ["X-Forwarded-For"] = "192.0.2.7" } };
        await using var pretender = await WireClient.OpenAsync(address, pretending);
        await pretender.ClosedAsync(4429);
    }

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

    // Every part to adapt must be there: a changed example would otherwise be tested in its old shape.
    private static string Adapt(string text, params (string Part, string With)[] changes)
    {
        foreach (var (part, with) in changes)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
            text = text.Replace(part, with, StringComparison.Ordinal);
        }
        return text;
    }

    private static string Wrap(TemporaryFolder folder, string site)
    {
        var path = Path.Combine(folder.Path, "nginx.conf");
        string Temporary(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_temp_path {folder.Path}/{kind};");
        File.WriteAllText(path, $$"""
            pid {{folder.Path}}/nginx.pid;
            events { worker_connections 256; }
            http {
              access_log off;
              {{Temporary("client_body")}} {{Temporary("proxy")}} {{Temporary("fastcgi")}} {{Temporary("uwsgi")}} {{Temporary("scgi")}}
              {{site}}
            }
            """);
        return path;
    }

    private static string Joined(Certificates certificates, TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "joined.pem");
        File.WriteAllText(path, File.ReadAllText(certificates.Certificate) + "\n" + File.ReadAllText(certificates.Key));
        return path;
    }
}
