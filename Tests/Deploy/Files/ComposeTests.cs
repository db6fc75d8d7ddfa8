using System.Net;
using System.Text.Json.Nodes;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The compose file.</summary>
public sealed class ComposeTests
{
    private const string File = "compose/compose.yml";

    [Fact]
    public void Docker_compose_takes_it()
    {
        var compose = Tools.Require("docker-compose", "docker-compose");
        string[] needed = ["TURN_SECRET", "REDIS_PASSWORD", "GRAFANA_PASSWORD", "CAMDIV_USER"];
        var all = needed.ToDictionary(name => name, _ => "a");
        var run = Run.ToEnd(compose, ["-f", DeployFiles.Path(File), "config", "-q"], environment: all);
        Assert.True(run.ExitCode == 0, run.Text);
        var example = DeployFiles.Text("compose/env.example");
        foreach (var name in needed)
        {
            var without = Run.ToEnd(
                compose, ["-f", DeployFiles.Path(File), "config", "-q"], environment: new(all) { [name] = "" });
            Assert.NotEqual(0, without.ExitCode);
            Assert.Contains($"\n{name}=", example, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_has_all_parts_and_the_nodes_have_no_rights()
    {
        var services = Services();
        Assert.Equal(
            ["coturn", "gateway-1", "gateway-2", "grafana", "haproxy", "matchmaker-1", "matchmaker-2", "prometheus", "redis"],
            services.Select(service => service.Key).Order());
        foreach (var name in new[] { "matchmaker-1", "matchmaker-2", "gateway-1", "gateway-2" })
        {
            var service = services[name]!;
            Assert.True(service["read_only"]!.GetValue<bool>());
            Assert.Equal("ALL", service["cap_drop"]![0]!.GetValue<string>());
            Assert.Equal("35s", service["stop_grace_period"]!.GetValue<string>());
            Assert.Equal(name, $"{service["environment"]!["Silo__Roles__0"]}-{service["environment"]!["Silo__Name"]}");
        }
    }

    [Fact]
    public void Redis_asks_for_a_password_and_only_nodes_are_on_its_network()
    {
        var services = Services();
        var command = services["redis"]!["command"]![2]!.GetValue<string>();
        Assert.Contains("requirepass", command, StringComparison.Ordinal);
        Assert.Contains("--port 0 --tls-port 6379", command, StringComparison.Ordinal);
        Assert.Equal(["cluster"], NetworksOf(services["redis"]!));
        Assert.Equal(
            ["gateway-1", "gateway-2", "matchmaker-1", "matchmaker-2", "redis"],
            services.Where(service => NetworksOf(service.Value!).Contains("cluster")).Select(service => service.Key).Order());
        var cluster = DeployFiles.Yaml(File)[0]["networks"]!["cluster"]!;
        Assert.True(cluster["internal"]!.GetValue<bool>());
        var range = IPNetwork.Parse(cluster["ipam"]!["config"]![0]!["subnet"]!.GetValue<string>());
        foreach (var (_, node) in services.Where(service => service.Value!["environment"]?["Silo__Name"] is not null))
        {
            // It listens there only, so that no other container reaches its inner ports.
            var advertised = node!["environment"]!["Silo__AdvertisedAddress"]!.GetValue<string>();
            Assert.Equal(advertised, node["networks"]!["cluster"]!["ipv4_address"]!.GetValue<string>());
            Assert.True(range.Contains(IPAddress.Parse(advertised)));
        }
    }

    [Fact]
    public void Gateways_believe_their_proxy_only()
    {
        var services = Services();
        var network = IPNetwork.Parse(Edge()["subnet"]!.GetValue<string>());
        var proxy = IPAddress.Parse(services["haproxy"]!["networks"]!["edge"]!["ipv4_address"]!.GetValue<string>());
        Assert.True(network.Contains(proxy));
        Assert.False(IPNetwork.Parse(Edge()["ip_range"]!.GetValue<string>()).Contains(proxy), "Another service might get the proxy's address.");
        foreach (var name in new[] { "gateway-1", "gateway-2" })
        {
            Assert.Equal(proxy.ToString(), services[name]!["environment"]!["Gateway__TrustedProxies__0"]!.GetValue<string>());
            Assert.Null(services[name]!["environment"]!["Gateway__TrustedProxies__1"]);
        }
    }

    [Fact]
    public void What_it_mounts_exists()
    {
        var mounts = Services()
            .SelectMany(service => service.Value!["volumes"]?.AsArray() ?? [])
            .Select(volume => volume!.GetValue<string>().Split(':')[0])
            .Where(source => source.StartsWith('.'))
            .ToList();
        Assert.True(mounts.Count >= 5);
        Assert.All(mounts, source => Assert.True(Path.Exists(DeployFiles.Path($"compose/{source}")), source));
        foreach (var service in Services().Where(service => service.Value!["build"] is not null))
        {
            var build = service.Value!["build"]!;
            Assert.True(Path.Exists(DeployFiles.Path($"compose/{build["context"]}/{build["dockerfile"]}")));
        }
    }

    private static List<string> NetworksOf(JsonNode service) => service["networks"] switch
    {
        JsonArray names => [.. names.Select(name => name!.GetValue<string>())],
        JsonObject places => [.. places.Select(place => place.Key)],
        _ => [],
    };

    private static JsonObject Edge() =>
        DeployFiles.Yaml(File)[0]["networks"]!["edge"]!["ipam"]!["config"]![0]!.AsObject();

    private static JsonObject Services() => DeployFiles.Yaml(File)[0]["services"]!.AsObject();
}
