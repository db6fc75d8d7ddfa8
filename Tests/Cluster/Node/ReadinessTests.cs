using System.Net;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>A gateway serves when matchmaking is there, and not before.</summary>
[Collection(Alone.Name)]
public sealed class ReadinessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Of every try to place a grain Polly tells at Information: silent means that none was made.
    private static SystemSettings Talkative => SystemSettings.Default.With("Logging:LogLevel:Polly", "Information");

    [Fact]
    public async Task A_gateway_without_a_matchmaker_says_so_once_calls_nobody_and_takes_nobody()
    {
        await using var redis = await RedisServer.StartAsync("of-the-tests");
        await using var gateway = new ClusterNode("gateway", "1", redis, Talkative);
        await using var matchmaker = new ClusterNode("matchmaker", "1", redis, SystemSettings.Default);
        gateway.Launch();
        await gateway.Process.ListeningAsync(Patience);
        await gateway.Process.LineAsync(line => line.Contains("Waiting for a matchmaker"), "what it waits for", Patience);
        Assert.Equal(HttpStatusCode.OK, await gateway.AskAsync("/healthz/live"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await gateway.AskAsync("/healthz/ready"));
        var refused = await Assert.ThrowsAsync<HandshakeRefusedException>(() => WireClient.OpenAsync(gateway.Address));
        Assert.Equal(503, refused.Status);
        Assert.DoesNotContain("Polly", gateway.Output);

        matchmaker.Launch();
        await Task.WhenAll(matchmaker.ReadyAsync(), gateway.ReadyAsync());
        await Strangers.MeetAsync(gateway.Address);
        foreach (var node in new[] { gateway, matchmaker })
        {
            Assert.Empty(NodeLog.Above(node.Output));
        }
        Assert.Single(NodeLog.Information(gateway.Output), entry => entry.Contains("Waiting for a matchmaker"));
        Assert.Contains("Polly", gateway.Output);
    }

    [Fact]
    public async Task A_node_of_both_roles_is_ready_alone_and_stays_so_when_another_leaves()
    {
        await using var redis = await RedisServer.StartAsync("of-the-tests");
        await using var first = new ClusterNode("silo", "1", redis, SystemSettings.Default);
        await using var second = new ClusterNode("silo", "2", redis, SystemSettings.Default);
        first.Launch();
        await first.ReadyAsync();
        second.Launch();
        await second.ReadyAsync();
        first.Process.Terminate();
        await first.Process.EndedAsync(Patience);
        await Strangers.MeetAsync(second.Address);
        Assert.Equal(HttpStatusCode.OK, await second.AskAsync("/healthz/ready"));
        Assert.Empty(NodeLog.Above(first.Output));
        Assert.Empty(NodeLog.Above(second.Output));
        Assert.DoesNotContain("atchmaker", second.Output);
    }
}
