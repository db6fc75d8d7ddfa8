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
        var run = Run.ToEnd(
            compose, ["-f", DeployFiles.Path(File), "config", "-q"],
            environment: new() { ["TURN_SECRET"] = "a", ["GRAFANA_PASSWORD"] = "b" });
        Assert.True(run.ExitCode == 0, run.Text);
        var without = Run.ToEnd(
            compose, ["-f", DeployFiles.Path(File), "config", "-q"], environment: new() { ["TURN_SECRET"] = "", ["GRAFANA_PASSWORD"] = "" });
        Assert.NotEqual(0, without.ExitCode);
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
    public void Gateways_believe_their_proxy_only()
    {
        var services = Services();
        var network = IPNetwork.Parse(Inner()["subnet"]!.GetValue<string>());
        var proxy = IPAddress.Parse(services["haproxy"]!["networks"]!["inner"]!["ipv4_address"]!.GetValue<string>());
        Assert.True(network.Contains(proxy));
        Assert.False(IPNetwork.Parse(Inner()["ip_range"]!.GetValue<string>()).Contains(proxy), "Another service might get the proxy's address.");
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

    private static JsonObject Inner() =>
        DeployFiles.Yaml(File)[0]["networks"]!["inner"]!["ipam"]!["config"]![0]!.AsObject();

    private static JsonObject Services() => DeployFiles.Yaml(File)[0]["services"]!.AsObject();
}
