using System.Text.RegularExpressions;
using Camdiv.Tests.Cluster.Doors;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;

namespace Camdiv.Tests.Cluster.Deploy;

/// <summary>
/// What the samples configure starts a cluster with TLS: their values as they are, but for places, ports and secrets, given to
/// real processes. No container engine is asked for.
/// </summary>
[Collection(Alone.Name)]
public sealed partial class SampleTests
{
    private const string Place = "/etc/camdiv/tls";
    private const string Password = "4d7c0ffee5";

    [Fact]
    public async Task The_compose_file_s_nodes_and_Redis_start_with_TLS()
    {
        Tools.Require("redis-server", "redis-server");
        using var certificates = Certificates();
        var services = Yaml.Read(Path.Combine(Repository.Root, "deploy", "compose", "compose.yml"))[0]["services"]!;
        var port = FreePort.Tcp();
        using var data = new TemporaryFolder();
        var command = services["redis"]!["command"]!.AsArray().Select(word => word!.GetValue<string>()).ToList();
        var script = Filled(command[2])
            .Replace(Place, Path.Combine(certificates.Folder, "redis"), StringComparison.Ordinal)
            .Replace("--tls-port 6379", $"--tls-port {port} --bind 127.0.0.1 --dir {data.Path}", StringComparison.Ordinal);
        await using var redis = ProcessUnderTest.Start(
            command[0], [command[1], script], environment: new Dictionary<string, string> { ["REDIS_PASSWORD"] = Password });
        await redis.LineAsync(line => line.Contains("Ready to accept connections", StringComparison.Ordinal), "Redis' word that it is ready");

        Dictionary<string, string> Of(string service) => services[service]!["environment"]!.AsObject()
            .ToDictionary(pair => pair.Key, pair => Filled($"{pair.Value}"));
        await ServesAsync(certificates, Of("matchmaker-1"), Of("gateway-1"), "redis:6379", port);
    }

    [Fact]
    public async Task The_systemd_units_nodes_start_with_TLS()
    {
        using var certificates = Certificates();
        await using var redis = await RedisServer.StartAsync(Password, Path.Combine(certificates.Folder, "redis"));
        await ServesAsync(
            certificates,
            Assignments("node.env", "camdiv-matchmaker.service"),
            Assignments("node.env", "gateway.env", "camdiv-gateway.service"),
            "redis.internal:6379",
            redis.Port);
    }

    private static async Task ServesAsync(
        ClusterCertificates certificates,
        Dictionary<string, string> matchmaker,
        Dictionary<string, string> gateway,
        string redisPlace,
        int redisPort)
    {
        var (http, ops, client) = (FreePort.Tcp(), FreePort.Tcp(), FreePort.Tcp());
        using var data = new TemporaryFolder();
        string Placed(string value) => value
            .Replace(Place, Path.Combine(certificates.Folder, "node"), StringComparison.Ordinal)
            .Replace(redisPlace, $"127.0.0.1:{redisPort}", StringComparison.Ordinal)
            .Replace("CHANGE-ME", Password, StringComparison.Ordinal);
        ProcessUnderTest Start(Dictionary<string, string> environment, params (string Key, string Value)[] places)
        {
            var all = environment.ToDictionary(pair => pair.Key, pair => Placed(pair.Value));
            foreach (var (key, value) in places)
            {
                all[key] = value;
            }
            all["Silo__AdvertisedAddress"] = "127.0.0.1";
            all["Silo__SiloPort"] = $"{FreePort.Tcp()}";
            all["Storage__DataFolder"] = data.Path;
            all["OTEL_SDK_DISABLED"] = "true";
            return ProcessUnderTest.StartDotnet(Repository.Output("Silo", "Camdiv.Silo"), [], Repository.Root, all);
        }
        await using var first = Start(
            matchmaker, ("Silo__OpsPort", $"{ops}"), ("Silo__OpsAddress", "127.0.0.1"), ("Silo__GatewayPort", $"{client}"));
        await using var second = Start(gateway, ("ASPNETCORE_URLS", $"http://127.0.0.1:{http}"));
        await first.ListeningAsync(TimeSpan.FromSeconds(120));
        await second.ListeningAsync(TimeSpan.FromSeconds(120));
        await Until.TrueAsync(() => AnswersAsync(http, "/stats"), "the gateway reaches the queues", TimeSpan.FromSeconds(60));
        await Strangers.MeetAsync(new Uri($"http://127.0.0.1:{http}"));

        Assert.False(await PortProbe.LetsInAsync(client, null), "the client port lets somebody in without a certificate");
        var settings = certificates.Show("anna")
            .With("Redis:ConnectionString", Placed(gateway["Redis__ConnectionString"]))
            .With("Redis:Authority", Placed(gateway["Redis__Authority"]));
        var admin = await AdminCli.RunAsync(settings, "silos");
        Assert.True(admin.Code == 0, admin.Error);
        Assert.Matches(@"Admin: report, by CN=anna ", first.Output);
        Assert.DoesNotContain("plain text", first.Output + second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("asks for no password", second.Output, StringComparison.Ordinal);
        var stranger = await AdminCli.RunAsync(settings.With("Redis:ConnectionString", $"127.0.0.1:{redisPort},ssl=true"), "silos");
        Assert.NotEqual(0, stranger.Code);
    }

    private static async Task<bool> AnswersAsync(int port, string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static ClusterCertificates Certificates() => new ClusterCertificates()
        .Make("node", "node")
        .Make("server", "redis", "localhost", "127.0.0.1")
        .Make("operator", "anna");

    // What compose puts in: every variable the file asks for has some value, and $$ is $.
    private static string Filled(string text) => VariablePattern()
        .Replace(text, match => match.Groups["name"].Value switch
        {
            "REDIS_PASSWORD" => Password,
            "TURN_HOST" => "localhost",
            _ => "any",
        })
        .Replace("$$", "$", StringComparison.Ordinal);

    // What systemd does: Environment= of the unit over its files.
    private static Dictionary<string, string> Assignments(params string[] files)
    {
        var all = new Dictionary<string, string>();
        foreach (var line in files.SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, "deploy", "systemd", file))))
        {
            var assignment = line.StartsWith("Environment=", StringComparison.Ordinal) ? line["Environment=".Length..] : line;
            var isUnit = !ReferenceEquals(assignment, line);
            if (AssignmentPattern().Match(assignment) is { Success: true } match && (isUnit || match.Groups["name"].Value.Contains("__", StringComparison.Ordinal)))
            {
                all[match.Groups["name"].Value] = match.Groups["value"].Value;
            }
        }
        return all;
    }

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>\w+)[^}]*\}")]
    private static partial Regex VariablePattern();

    [GeneratedRegex("^(?<name>[A-Za-z_][A-Za-z0-9_]*)=(?<value>.*)$")]
    private static partial Regex AssignmentPattern();
}
