using System.Net;
using Camdiv.Tests.Deploy.Telemetry;
using Camdiv.Tests.Deploy.Turn;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The HAProxy and nginx examples: valid, and true to the WebSocket and to the client's address.</summary>
public sealed class ProxyTests
{
    public static TheoryData<string> Proxies => ShippedProxy.All;

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

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Strangers_meet_and_their_addresses_are_told(string file)
    {
        await using var gateway = await EmbeddedGateway.StartAsync(
            null, "--Gateway:TrustedProxies:0=127.0.0.1/32", "--Gateway:Limits:ConnectionsPerAddress=1");
        await using var proxy = await ShippedProxy.StartAsync(file, gateway.Address.Port);
        // One connection an address: whoever is taken for somebody else is refused.
        await using var one = await WireClient.JoinAsync(proxy.Address, From("127.0.0.11"));
        await using var two = await WireClient.JoinAsync(proxy.Address, From("127.0.0.12"));
        await one.StartAsync();
        await two.StartAsync();
        await one.MatchedAsync();
        await two.MatchedAsync();
        await one.RelayAsync("through the proxy");
        await two.ExpectFrameAsync("through the proxy");
        await using var again = await WireClient.OpenAsync(proxy.Address, From("127.0.0.11"));
        await again.ClosedAsync(4429);
    }

    [Theory]
    [InlineData("haproxy/haproxy.cfg", "sc0_conn_cur gt 500", "sc0_conn_cur gt 5")]
    [InlineData("haproxy/haproxy.cfg", "sc0_conn_rate gt 2000", "sc0_conn_rate gt 5")]
    [InlineData("compose/haproxy.cfg", "sc0_conn_cur gt 1000", "sc0_conn_cur gt 5")]
    [InlineData("compose/haproxy.cfg", "sc0_conn_rate gt 4000", "sc0_conn_rate gt 5")]
    [InlineData("nginx/camdiv.conf", "limit_conn camdiv_connections 500;", "limit_conn camdiv_connections 5;")]
    [InlineData("nginx/camdiv.conf", "rate=200r/s;", "rate=1r/m;", "burst=2000 nodelay", "burst=4 nodelay")]
    public async Task One_address_has_its_bound_and_others_are_served(string file, params string[] changes)
    {
        await using var gateway = await EmbeddedGateway.StartAsync(null, "--Gateway:TrustedProxies:0=127.0.0.1/32");
        await using var proxy = await ShippedProxy.StartAsync(
            file, gateway.Address.Port, [.. changes.Chunk(2).Select(change => (change[0], change[1]))]);
        var crowd = new List<(RawSocket? Socket, string Answer)>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                crowd.Add(await RawSocket.AskAsync(proxy.Address, IPAddress.Parse("127.0.0.66")));
            }
            Assert.Equal(Enumerable.Repeat("101", 5), crowd.Take(5).Select(one => one.Answer));
            Assert.All(crowd.Skip(5), one => Assert.Contains(one.Answer, new[] { "429", "" }));
            await using var other = await WireClient.JoinAsync(proxy.Address, From("127.0.0.11"));
        }
        finally
        {
            foreach (var (socket, _) in crowd)
            {
                await (socket?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }

    [Fact]
    public async Task Nginx_bounds_a_subscriber_of_IPv6_by_its_56()
    {
        await using var gateway = await EmbeddedGateway.StartAsync(null, "--Gateway:TrustedProxies:0=127.0.0.1/32");
        // One loopback has one IPv6 address, so nginx takes the client's from a header here.
        await using var proxy = await ShippedProxy.StartAsync(
            "nginx/camdiv.conf",
            gateway.Address.Port,
            ("rate=200r/s;", "rate=1r/m;"),
            ("burst=2000 nodelay", "burst=1 nodelay"),
            ("    limit_req_status 429;\n", "    limit_req_status 429;\n    set_real_ip_from 127.0.0.0/8;\n    real_ip_header X-Test;\n"));
        foreach (var (address, status) in new[]
        {
            ("2001:db8:0:100::1", HttpStatusCode.OK), ("2001:db8:0:1ff::2", HttpStatusCode.OK),
            ("2001:db8:0:1ab::3", HttpStatusCode.TooManyRequests), ("2001:db8:0:200::1", HttpStatusCode.OK),
            ("192.0.2.1", HttpStatusCode.OK), ("192.0.2.1", HttpStatusCode.OK),
            ("192.0.2.1", HttpStatusCode.TooManyRequests), ("192.0.2.2", HttpStatusCode.OK),
        })
        {
            using var http = new HttpClient { DefaultRequestHeaders = { { "X-Test", address } } };
            using var answer = await http.GetAsync(new Uri(proxy.Address, "/stats"));
            Assert.Equal((address, status), (address, answer.StatusCode));
        }
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
        var run = Run.ToEnd(nginx, ["-t", "-e", "stderr", "-c", ShippedProxy.Wrap(folder, adapted), "-p", folder.Path]);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.DoesNotContain("[warn]", run.Text, StringComparison.Ordinal);
        Assert.NotEqual(0, Run.ToEnd(nginx, ["-t", "-e", "stderr", "-c", ShippedProxy.Wrap(folder, adapted + "\nno_such_word;"), "-p", folder.Path]).ExitCode);
    }

    private static WireClientOptions From(string address) => new() { From = IPAddress.Parse(address), Name = address };

    private static string Joined(Certificates certificates, TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "joined.pem");
        File.WriteAllText(path, File.ReadAllText(certificates.Certificate) + "\n" + File.ReadAllText(certificates.Key));
        return path;
    }
}
