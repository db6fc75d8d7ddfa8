using Camdiv.Gateway;
using Camdiv.Gateway.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Camdiv.Tests.Unit.Gateway.Configuration;

public sealed class ConfigurationReportTests
{
    [Fact]
    public void Defaults_are_valid()
    {
        var report = Check();
        Assert.Empty(report.Problems);
        Assert.Empty(report.Warnings);
    }

    [Theory]
    [InlineData("Gateway:HelloTimeoutMs", "soon", "Gateway:HelloTimeoutMs: must be a whole number")]
    [InlineData("Gateway:HelloTimeoutMs", "1", "Gateway:HelloTimeoutMs: must be from 100 to 60000, not 1")]
    [InlineData("gateway:limits:maxframebytes", "1", "Gateway:Limits:MaxFrameBytes: must be from 1024 to 1048576, not 1")]
    [InlineData("Gateway:Limits", "5", "Gateway:Limits: must be a section, not a value")]
    [InlineData("Gateway:Limits:FrameBurst:0", "5", "Gateway:Limits:FrameBurst: must be a single value, not a section")]
    [InlineData("Gateway:Limits:OutboundBytes", "2048", "Gateway:Limits:OutboundBytes: must be from 65536 to 67108864, not 2048")]
    [InlineData("Gateway:SilenceTimeoutMs", "15000", "Gateway:SilenceTimeoutMs: must be above PingIntervalMs (15000)")]
    [InlineData("Gateway:AllowedOrigins", "https://a", "Gateway:AllowedOrigins: must be a list (Gateway:AllowedOrigins:0, Gateway:AllowedOrigins:1, …)")]
    [InlineData("Gateway:AllowedOrigins:0", "a.example", "Gateway:AllowedOrigins:0: must be an origin such as https://chat.example")]
    [InlineData("Gateway:TrustedProxies:0", "10.0.0.0/33", "Gateway:TrustedProxies:0: must be an IP address or a CIDR range such as 10.0.0.0/8")]
    [InlineData("Gateway:ForwardedHops", "0", "Gateway:ForwardedHops: must be from 1 to 16, not 0")]
    [InlineData("Gateway:AllowedHosts:0", "own.example:80", "Gateway:AllowedHosts:0: must be a host name or address without a port, such as chat.example")]
    [InlineData("Gateway:KeepAliveTimeoutMs", "1", "Gateway:KeepAliveTimeoutMs: must be from 1000 to 600000, not 1")]
    [InlineData("Gateway:RequestHeadersTimeoutMs", "0", "Gateway:RequestHeadersTimeoutMs: must be from 1000 to 60000, not 0")]
    [InlineData("Gateway:Limits:PendingPerAddress", "0", "Gateway:Limits:PendingPerAddress: must be from 1 to 10000000, not 0")]
    [InlineData("Gateway:InlineSockets", "yes", "Gateway:InlineSockets: must be true or false")]
    [InlineData("Gateway:Framing", "0", "Gateway:Framing: must be own or framework")]
    [InlineData("Gateway:Drain:RetryMaxMs", "100", "Gateway:Drain:RetryMaxMs: must be from 500 to 600000, not 100")]
    [InlineData("Ice:StunUrls:0", "turn:a", "Ice:StunUrls:0: must be a stun: or stuns: URL")]
    [InlineData("Ice:CredentialTtlSeconds", "99999999999", "Ice:CredentialTtlSeconds: must be a whole number")]
    [InlineData("Session:Keys:0", "c2hvcnQ=", "Session:Keys:0: must be base64 of at least 32 bytes")]
    [InlineData("Session:MaxLifetimeSeconds", "86399", "Session:MaxLifetimeSeconds: must be from 86400 to 31536000, not 86399")]
    [InlineData("Session:LifetimeSeconds", "0", "Session:LifetimeSeconds: must be from 1 to 31536000, not 0")]
    [InlineData("Storage:DataFolder", "", "Storage:DataFolder: must name a folder")]
    [InlineData("Storage:Reports:MaxFiles", "0", "Storage:Reports:MaxFiles: must be from 1 to 1000, not 0")]
    [InlineData("Matchmaking:AckMs", "1", "Matchmaking:AckMs: must be from 100 to 60000, not 1")]
    public void A_mistake_is_told_with_its_path(string key, string value, string problem) =>
        Assert.Equal([problem], Check((key, value)).Problems);

    [Fact]
    public void A_region_without_a_secret_is_a_mistake() => Assert.Equal(
        ["Ice:Regions:0:Secrets: must name at least one secret, none of them empty"],
        Check(("Ice:Regions:0:Name", "ams"), ("Ice:Regions:0:Host", "turn.example")).Problems);

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var report = Check(
            ("Gateway:HelloTimeoutMs", "x"),
            ("Ice:Regions:0:Host", "host:3478"),
            ("Ice:Regions:0:Latitude", "91"),
            ("Ice:Regions:0:Secrets:0", "s"),
            ("Matchmaking:GraceMs", "-1"),
            ("Session:Keys:0", "?"));
        Assert.Equal(
            [
                "Gateway:HelloTimeoutMs: must be a whole number",
                "Ice:Regions:0:Name: must be 1 to 32 letters, digits, '_' or '-'",
                "Ice:Regions:0:Host: must be a host name or address without a port",
                "Ice:Regions:0:Latitude: must be from -90 to 90",
                "Ice:Regions:0:Longitude: must be given when the other coordinate is",
                "Session:Keys:0: must be base64 of at least 32 bytes",
                "Matchmaking:GraceMs: must be from 0 to 600000, not -1",
            ],
            report.Problems);
        var mistakes = Assert.Throws<ConfigurationMistakesException>(report.ThrowIfAny);
        Assert.Equal(report.Problems, mistakes.Problems);
    }

    [Fact]
    public void A_key_that_nothing_reads_is_told_but_no_mistake()
    {
        var report = Check(("Gateway:HelloTimeoutSeconds", "5"), ("Ice:Regions:0:Secret", "s"), ("Other:Key", "x"));
        Assert.Contains("Gateway:HelloTimeoutSeconds: nothing reads this key", report.Warnings);
        Assert.Contains("Ice:Regions:0:Secret: nothing reads this key", report.Warnings);
        Assert.Equal(2, report.Warnings.Count);
    }

    [Fact]
    public void A_configured_list_replaces_the_default_one()
    {
        Assert.Equal(["stun:mine"], Read<IceOptions>("Ice", ("Ice:StunUrls:0", "stun:mine")).StunUrls);
        Assert.Empty(Read<IceOptions>("Ice", ("Ice:StunUrls", "")).StunUrls);
        Assert.Equal(2, Read<IceOptions>("Ice").StunUrls.Length);
    }

    [Fact]
    public void An_empty_value_leaves_the_default() =>
        Assert.Equal(5_000, Read<GatewayOptions>("Gateway", ("Gateway:HelloTimeoutMs", "")).HelloTimeoutMs);

    [Fact]
    public void Nested_sections_and_lists_of_sections_are_read()
    {
        Assert.Equal(7, Read<GatewayOptions>("Gateway", ("Gateway:Limits:FramesPerSecond", "7")).Limits.FramesPerSecond);
        var region = Read<IceOptions>(
            "Ice", ("Ice:Regions:0:Name", "ams"), ("Ice:Regions:0:Longitude", "4.9"), ("Ice:Regions:0:Secrets:0", "a")).Regions[0];
        Assert.Equal(("ams", 4.9, "a"), (region.Name, region.Longitude, region.Secrets[0]));
    }

    private static ConfigurationReport Check(params (string Key, string Value)[] values)
    {
        var services = new ServiceCollection();
        services.AddCamdivGateway(Configure(values));
        services.AddEmbeddedMatchmaker(Configure(values));
        return services.GetConfigurationReport();
    }

    private static T Read<T>(string section, params (string Key, string Value)[] values)
        where T : class, new()
    {
        var report = new ConfigurationReport();
        var options = report.Read<T>(Configure(values), section);
        Assert.Empty(report.Problems);
        return options;
    }

    private static IConfiguration Configure((string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)))
        .Build();
}
