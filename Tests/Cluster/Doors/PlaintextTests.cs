using System.Net;
using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Hosting;
using Camdiv.Silo.Redis;
using Camdiv.Silo.Security;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.Configuration;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>Where a node may listen without TLS.</summary>
[Collection(Alone.Name)]
public sealed class PlaintextTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.255.0.1", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("172.32.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("2001:db8::1", false)]
    public void Private_is_what_the_Internet_does_not_reach(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, PrivateNetwork.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("--Silo:AdvertisedAddress=203.0.113.5")]
    [InlineData("--Silo:AdvertisedAddress=2001:db8::5")]
    [InlineData("--Silo:ListenOnAnyAddress=true")]
    public async Task A_node_refuses_to_listen_in_plain_text_where_others_reach_it(string where)
    {
        // Nobody answers there, which is as far as a start gets whose configuration is right.
        string[] arguments =
        [
            where, $"--Redis:ConnectionString=127.0.0.1:{FreePort.Tcp()}", "--Redis:StartTimeoutMs=0",
            "--urls=http://127.0.0.1:0", "--Silo:AdvertisedAddress=127.0.0.1", where,
        ];
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(() => SiloHost.BuildAsync(arguments));
        var problem = Assert.Single(mistakes.Problems);
        Assert.StartsWith("Silo:Tls: must be configured, for this node would listen on ", problem, StringComparison.Ordinal);
        Assert.Contains("Silo:AllowPlaintext=true", problem, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisUnavailableException>(() => SiloHost.BuildAsync([.. arguments, "--Silo:AllowPlaintext=true"]));

        using var certificates = new ClusterCertificates();
        certificates.Make("node", "node");
        await Assert.ThrowsAsync<RedisUnavailableException>(
            () => SiloHost.BuildAsync([.. arguments, .. certificates.Show("node").Arguments]));
    }

    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("10.0.0.5", 1)]
    public void A_private_address_is_warned_of_and_loopback_is_not(string address, int warnings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Redis:ConnectionString", "redis:6379"), new("Silo:AdvertisedAddress", address)]).Build();
        var report = new ConfigurationReport();
        var settings = SiloSettings.Read(configuration, report);
        PlaintextRule.Check(settings, NodeAddress.Find(settings, report), report);
        Assert.Empty(report.Problems);
        Assert.Equal(warnings, report.Warnings.Count);
        Assert.All(report.Warnings, warning => Assert.Contains("plain text on 10.0.0.5", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_is_no_address_is_a_mistake_of_the_configuration()
    {
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(() => SiloHost.BuildAsync(
            ["--Redis:ConnectionString=127.0.0.1:1", "--Silo:AdvertisedAddress=no-such-host.invalid"]));
        Assert.Contains(mistakes.Problems, p => p.StartsWith("Silo:AdvertisedAddress: does not resolve", StringComparison.Ordinal));
    }
}
