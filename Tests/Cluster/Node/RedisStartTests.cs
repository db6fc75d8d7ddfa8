using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Tests.Cluster.Doors;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>A node that starts, and the Redis it needs for that.</summary>
[Collection(Alone.Name)]
public sealed class RedisStartTests
{
    [Fact]
    public async Task A_start_waits_for_redis_and_says_so()
    {
        await using var server = RedisServer.Create();
        var log = new FakeLogCollector();
        var options = new RedisOptions { ConnectionString = server.ConnectionString };
        var connecting = RedisLink.ConnectAsync(
            options,
            Repository.Root,
            TimeProvider.System,
            new FakeLogger(log),
            default);
        await Until.TrueAsync(
            () => log.Text().Contains($"Redis at {server.ConnectionString} does not answer", StringComparison.Ordinal),
            "the wait is logged",
            TimeSpan.FromSeconds(30));
        await server.RestartAsync();
        await using var redis = await connecting;
        Assert.True(await redis.Database.PingAsync() < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_node_without_its_redis_ends_with_a_sentence_and_a_code()
    {
        using var data = new TemporaryFolder();
        await using var node = ProcessUnderTest.StartDotnet(
            Repository.Output("Silo", "Camdiv.Silo"),
            [
                $"--Redis:ConnectionString=127.0.0.1:{FreePort.Tcp()}", "--Redis:StartTimeoutMs=500", "--Silo:AdvertisedAddress=127.0.0.1",
                $"--urls=http://127.0.0.1:{FreePort.Tcp()}", $"--Storage:DataFolder={data.Path}",
            ]);
        await node.EndedAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(5, node.ExitCode);
        Assert.Contains("Cannot start: Redis at 127.0.0.1:", node.Output);
        Assert.DoesNotContain("   at ", node.Output);
    }

    [Fact]
    public async Task A_node_that_waits_for_redis_ends_on_SIGTERM()
    {
        await using var node = ProcessUnderTest.StartDotnet(
            Repository.Output("Silo", "Camdiv.Silo"),
            [$"--Redis:ConnectionString=127.0.0.1:{FreePort.Tcp()}", "--Silo:AdvertisedAddress=127.0.0.1"]);
        await node.LineAsync(line => line.Contains("does not answer", StringComparison.Ordinal), "word of the wait", TimeSpan.FromSeconds(60));
        node.Terminate();
        await node.EndedAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, node.ExitCode);
    }

    [Fact]
    public async Task Gateways_that_start_at_once_share_one_session_key()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisLink.ConnectAsync(
            new RedisOptions { ConnectionString = server.ConnectionString }, Repository.Root, TimeProvider.System, NullLogger.Instance, default);
        var keys = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => SharedSessionKey.GetOrCreateAsync(redis, "camdiv")));
        Assert.Single(keys.Distinct());
        Assert.Equal(SessionTokenOptions.MinKeyBytes, Convert.FromBase64String(keys[0]).Length);
        Assert.NotEqual(keys[0], await SharedSessionKey.GetOrCreateAsync(redis, "other"));
    }

    [Fact]
    public async Task A_key_that_is_none_is_a_configuration_mistake()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisLink.ConnectAsync(
            new RedisOptions { ConnectionString = server.ConnectionString }, Repository.Root, TimeProvider.System, NullLogger.Instance, default);
        await redis.Database.StringSetAsync("camdiv:session-key", "too short");
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(
            () => SharedSessionKey.GetOrCreateAsync(redis, "camdiv"));
        Assert.Contains("Session:Keys", Assert.Single(mistakes.Problems));
    }

    [Fact]
    public async Task An_open_redis_of_this_machine_keeps_a_key_and_is_told_of()
    {
        await using var server = await RedisServer.StartAsync();
        var log = new FakeLogCollector();
        await using var redis = await ConnectAsync(server.ConnectionString, log);
        _ = await SharedSessionKey.GetOrCreateAsync(redis, "camdiv");
        Assert.Contains("asks for no password", log.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=believed-to-be-one")]
    public async Task An_open_redis_that_others_reach_keeps_no_key(string password)
    {
        await using var server = await RedisServer.StartAsync();
        // This machine too, but by an address that does not say so.
        await using var redis = await ConnectAsync($"0.0.0.0:{server.Port}{password}", new FakeLogCollector());
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(
            () => SharedSessionKey.GetOrCreateAsync(redis, "camdiv"));
        Assert.StartsWith("Session:Keys: must be configured", Assert.Single(mistakes.Problems), StringComparison.Ordinal);
        Assert.False(await redis.Database.KeyExistsAsync("camdiv:session-key"));
    }

    [Fact]
    public async Task A_redis_with_a_password_keeps_a_key_wherever_it_is()
    {
        await using var server = await RedisServer.StartAsync("secret");
        var log = new FakeLogCollector();
        await using var redis = await ConnectAsync($"0.0.0.0:{server.Port},password=secret", log);
        Assert.NotEmpty(await SharedSessionKey.GetOrCreateAsync(redis, "camdiv"));
        Assert.DoesNotContain("asks for no password", log.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_ends_with_the_mistake_when_an_open_redis_would_keep_its_key()
    {
        await using var server = await RedisServer.StartAsync();
        using var data = new TemporaryFolder();
        string[] arguments =
        [
            $"--Redis:ConnectionString=0.0.0.0:{server.Port}", "--Silo:AdvertisedAddress=127.0.0.1", "--Silo:Roles:0=gateway",
            $"--Silo:SiloPort={FreePort.Tcp()}", $"--urls=http://127.0.0.1:{FreePort.Tcp()}", $"--Storage:DataFolder={data.Path}",
        ];
        await using var node = ProcessUnderTest.StartDotnet(Repository.Output("Silo", "Camdiv.Silo"), arguments);
        await node.EndedAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(2, node.ExitCode);
        Assert.Contains("Session:Keys: must be configured", node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_is_known_by_the_authority_it_is_told_to_trust()
    {
        using var certificates = new ClusterCertificates();
        using var others = new ClusterCertificates();
        certificates.Make("server", "redis", "localhost");
        others.Make("server", "redis", "localhost");
        await using var server = await RedisServer.StartAsync("secret", Path.Combine(certificates.Folder, "redis"));
        RedisOptions Trusting(string authority, string name) => new()
        {
            ConnectionString = $"{server.ConnectionString},sslHost={name}",
            Authority = authority,
            StartTimeoutMs = 0,
        };
        await using (var redis = await RedisLink.ConnectAsync(
            Trusting(certificates.File("redis", "ca.crt"), "localhost"), Repository.Root, TimeProvider.System, NullLogger.Instance, default))
        {
            Assert.NotEmpty(await SharedSessionKey.GetOrCreateAsync(redis, "camdiv"));
        }
        foreach (var wrong in new[]
        {
            Trusting(others.File("redis", "ca.crt"), "localhost"), Trusting(certificates.File("redis", "ca.crt"), "elsewhere"), Trusting("", "localhost"),
        })
        {
            await Assert.ThrowsAsync<RedisUnavailableException>(
                () => RedisLink.ConnectAsync(wrong, Repository.Root, TimeProvider.System, NullLogger.Instance, default));
        }
    }

    private static Task<RedisLink> ConnectAsync(string connectionString, FakeLogCollector log) => RedisLink.ConnectAsync(
        new RedisOptions { ConnectionString = connectionString },
        Repository.Root,
        TimeProvider.System,
        new FakeLogger(log),
        default);
}
