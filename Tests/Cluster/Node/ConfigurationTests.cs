using System.Reflection;
using System.Text.RegularExpressions;
using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Hosting;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>Mistakes are reported at start, together, each with its configuration path.</summary>
[Collection(Alone.Name)]
public sealed partial class ConfigurationTests
{
    [Fact]
    public void The_defaults_are_a_cluster_of_one_with_both_roles()
    {
        var (settings, problems) = Read();
        Assert.Empty(problems);
        Assert.Equal(NodeRoles.All, settings.Node.RoleSet);
        Assert.StartsWith("silo-", settings.Node.SiloName);
        Assert.Null(settings.Node.EffectiveOpsPort);
        Assert.False(settings.Redis.IsConfigured);
        Assert.Equal(30_000, settings.Node.EffectiveGatewayPort);
    }

    [Theory]
    [InlineData("matchmaker", "matchmaker-one", 5081, 30_000)]
    [InlineData("gateway", "gateway-one", null, 0)]
    public void A_role_names_the_silo_and_decides_on_the_operators_ports(string role, string name, int? opsPort, int clientPort)
    {
        var (settings, problems) = Read(
            ("Silo:Roles:0", role), ("Silo:Name", "one"), ("Redis:ConnectionString", "localhost:1"));
        Assert.Empty(problems);
        Assert.Equal((name, opsPort), (settings.Node.SiloName, settings.Node.EffectiveOpsPort));
        Assert.Equal(clientPort, settings.Node.EffectiveGatewayPort);
    }

    [Theory]
    [InlineData("Silo:Roles:0", "boss", "Silo:Roles:0: must be matchmaker or gateway")]
    [InlineData("Silo:Roles:0", "gateway", "Silo:Roles: must be matchmaker and gateway together unless Redis:ConnectionString")]
    [InlineData("Silo:SiloPort", "70000", "Silo:SiloPort: must be from 1 to 65535, not 70000")]
    [InlineData("Silo:GatewayPort", "11111", "Silo:GatewayPort: must differ from SiloPort")]
    [InlineData("Silo:AdvertisedAddress", "10.0.0.1:11111", "Silo:AdvertisedAddress: must be an IP address or a host name")]
    [InlineData("Silo:Name", "two words", "Silo:Name: must be at most 64 characters without white space")]
    [InlineData("Silo:ClusterId", "a:b", "Silo:ClusterId: must be 1 to 64 letters")]
    [InlineData("Silo:Dashboard", "true", "Silo:Dashboard: needs OpsPort")]
    [InlineData("Silo:OpsAddress", "http://x", "Silo:OpsAddress: must be *")]
    [InlineData("Silo:Membership:MaxProbeTimeoutMs", "500", "Silo:Membership:MaxProbeTimeoutMs: must be from 1000")]
    [InlineData("Silo:Membership:Votes", "none", "Silo:Membership:Votes: must be a whole number")]
    [InlineData("Redis:ConnectionString", "host,noSuchOption=1", "Redis:ConnectionString: must be HOST:PORT")]
    [InlineData("Silo:AdminKey", "c2hvcnQ=", "Silo:AdminKey: must be base64 of at least 32 bytes")]
    [InlineData("Silo:Tls:Key", "node.key", "Silo:Tls:Certificate: must name a file")]
    [InlineData("Silo:Tls:Certificate", "node.crt", "Silo:Tls:Authority: must name a file")]
    [InlineData("Silo:Tls:PollIntervalMs", "1", "Silo:Tls:PollIntervalMs: must be from 1000")]
    [InlineData("Redis:StartTimeoutMs", "-1", "Redis:StartTimeoutMs: must be from 0")]
    [InlineData("GeoIp:PollIntervalMs", "1", "GeoIp:PollIntervalMs: must be from 100")]
    [InlineData("Reports:MaxPending", "0", "Reports:MaxPending: must be from 1")]
    [InlineData("Reports:Stream", "", "Reports:Stream: must be a key")]
    public void A_mistake_is_named_by_its_path(string key, string value, string problem)
    {
        var (_, problems) = Read((key, value));
        Assert.Contains(problems, p => p.StartsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_reports_the_mistakes_of_every_section_at_once()
    {
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(() => SiloHost.BuildAsync(
        [
            "--Silo:SiloPort=0", "--Redis:StartTimeoutMs=-5", "--Gateway:HelloTimeoutMs=1", "--Matchmaking:AckMs=1",
            "--Cluster:LeaseMs=1",
        ]));
        Assert.Equal(
            ["Cluster:LeaseMs", "Gateway:HelloTimeoutMs", "Matchmaking:AckMs", "Redis:StartTimeoutMs", "Silo:SiloPort"],
            mistakes.Problems.Select(p => p[..p.IndexOf(": ", StringComparison.Ordinal)]).Distinct().Order());
    }

    [Fact]
    public void The_README_s_table_names_every_key_of_a_node_and_none_else()
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        Collect(typeof(NodeOptions), NodeOptions.Section, keys);
        Collect(typeof(RedisOptions), RedisOptions.Section, keys);
        Collect(typeof(GeoIpOptions), GeoIpOptions.Section, keys);
        Collect(typeof(ReportStreamOptions), ReportStreamOptions.Section, keys);
        var sections = keys.Select(key => key[..key.IndexOf(':')]).ToHashSet();
        var documented = Key().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")))
            .Select(match => match.Groups[1].Value)
            .Where(key => sections.Contains(key[..key.IndexOf(':')]))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(keys, documented.Order(StringComparer.Ordinal));
    }

    private static void Collect(Type options, string path, SortedSet<string> keys)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var type = property.PropertyType;
            if (type is { IsClass: true, IsArray: false } && type != typeof(string))
            {
                Collect(type, $"{path}:{property.Name}", keys);
            }
            else if (property.CanWrite)
            {
                keys.Add($"{path}:{property.Name}");
            }
        }
    }

    // In a table's first cell only; prose may show longer forms.
    [GeneratedRegex(@"(?<=^\|[^|\n]*)`([A-Z][A-Za-z]+(?::[A-Za-z]+)+)`", RegexOptions.Multiline)]
    private static partial Regex Key();

    private static (SiloSettings Settings, IReadOnlyList<string> Problems) Read(params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();
        var report = new ConfigurationReport();
        return (SiloSettings.Read(configuration, report), report.Problems);
    }
}
