using System.Text.Json;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Gateway.Ice;

public sealed class IceConfigurationTests
{
    private static readonly UserId User = new("AAAAAAAAAAAAAAAAAAAAAA");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_893_456_000);

    [Fact]
    public void Credentials_are_what_the_turn_server_computes() =>
        // Computed apart, with openssl.
        Assert.Equal(
            new TurnCredentials("1893542400:AAAAAAAAAAAAAAAAAAAAAA", "ell7FyUnQYXvtRDww23VrH+huxA="),
            TurnCredentials.Mint("north", User, 1_893_542_400));

    [Fact]
    public void Stun_comes_first_then_each_regions_three_transports()
    {
        var options = new IceOptions { StunUrls = ["stun:a", "stun:b"] };
        var region = new TurnRegionOptions { Name = "ams", Host = "turn.example", Secrets = ["north", "older"] };
        var json = JsonSerializer.Serialize(
            IceConfiguration.Create(options, [region], User, Now), IceJsonContext.Default.IceConfiguration);
        Assert.Equal(
            """
            {"iceServers":[{"urls":["stun:a","stun:b"]},{"urls":["turn:turn.example:3478?transport=udp","turn:turn.example:3478?transport=tcp","turns:turn.example:443?transport=tcp"],"username":"1893542400:AAAAAAAAAAAAAAAAAAAAAA","credential":"ell7FyUnQYXvtRDww23VrH\u002BhuxA="}],"ttl":86400,"refresh":21600,"expires":1893542400,"regions":["ams"]}
            """,
            json);
    }

    [Fact]
    public void Without_regions_there_is_stun_only()
    {
        var configuration = IceConfiguration.Create(new IceOptions(), [], User, Now);
        Assert.Equal(
            ["stun:stun.l.google.com:19302", "stun:stun.cloudflare.com:3478"], Assert.Single(configuration.IceServers).Urls);
        Assert.Empty(configuration.Regions);
        Assert.Empty(IceConfiguration.Create(new IceOptions { StunUrls = [] }, [], User, Now).IceServers);
    }

    [Theory]
    [InlineData(86_400, 21_600, 21_600)]
    [InlineData(600, 21_600, 150)]
    [InlineData(600, 60, 60)]
    [InlineData(60, 86_400, 15)]
    public void A_client_is_to_ask_again_well_before_its_credentials_expire(int life, int cache, int refresh)
    {
        var options = new IceOptions { CredentialTtlSeconds = life, CacheSeconds = cache };
        Assert.Empty(options.Problems());
        var configuration = IceConfiguration.Create(options, [], User, Now);
        Assert.Equal((life, refresh), (configuration.Ttl, configuration.Refresh));
    }

    [Fact]
    public void Every_bound_that_is_broken_is_told() => Assert.Equal(
        ["CredentialTtlSeconds", "CacheSeconds", "RequestsPerMinute", "RequestsPerAddress", "CredentialsPerAddress"],
        new IceOptions
        {
            CredentialTtlSeconds = 59,
            CacheSeconds = 9,
            RequestsPerMinute = 0,
            RequestsPerAddress = 0,
            CredentialsPerAddress = 0,
        }.Problems().Select(problem => problem.Property));

    [Fact]
    public void Ports_follow_the_region()
    {
        var region = new TurnRegionOptions { Name = "t", Host = "[::1]", Secrets = ["s"], TurnPort = 40000, TlsPort = 40001 };
        var servers = IceConfiguration.Create(new IceOptions { StunUrls = [] }, [region], User, Now).IceServers;
        Assert.Equal(
            ["turn:[::1]:40000?transport=udp", "turn:[::1]:40000?transport=tcp", "turns:[::1]:40001?transport=tcp"],
            Assert.Single(servers).Urls);
    }
}
