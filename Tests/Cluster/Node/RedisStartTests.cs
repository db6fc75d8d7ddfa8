using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
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
                $"--Redis:ConnectionString=127.0.0.1:{FreePort.Tcp()}", "--Redis:StartTimeoutMs=500",
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
            Repository.Output("Silo", "Camdiv.Silo"), [$"--Redis:ConnectionString=127.0.0.1:{FreePort.Tcp()}"]);
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
            new RedisOptions { ConnectionString = server.ConnectionString }, TimeProvider.System, NullLogger.Instance, default);
        var keys = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => SharedSessionKey.GetOrCreateAsync(redis.Database, "camdiv")));
        Assert.Single(keys.Distinct());
        Assert.Equal(SessionTokenOptions.MinKeyBytes, Convert.FromBase64String(keys[0]).Length);
        Assert.NotEqual(keys[0], await SharedSessionKey.GetOrCreateAsync(redis.Database, "other"));
    }

    [Fact]
    public async Task A_key_that_is_none_is_a_configuration_mistake()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await RedisLink.ConnectAsync(
            new RedisOptions { ConnectionString = server.ConnectionString }, TimeProvider.System, NullLogger.Instance, default);
        await redis.Database.StringSetAsync("camdiv:session-key", "too short");
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(
            () => SharedSessionKey.GetOrCreateAsync(redis.Database, "camdiv"));
        Assert.Contains("Session:Keys", Assert.Single(mistakes.Problems));
    }
}
