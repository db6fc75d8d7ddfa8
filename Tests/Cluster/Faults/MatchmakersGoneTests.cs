using System.Diagnostics;
using System.Net;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>
/// All matchmakers are stopped while people wait and talk, and come back. <c>CAMDIV_MATCHMAKERS_GONE_SECONDS</c> sets for
/// how long.
/// </summary>
[Collection(Alone.Name)]
public sealed class MatchmakersGoneTests(ITestOutputHelper output) : FaultTest(output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task People_wait_and_talk_on_and_are_matched_as_soon_as_one_is_back()
    {
        var cluster = await RealCluster.StartAsync(SystemSettings.Default);
        var gone = TimeSpan.FromSeconds(LongRun.Number("CAMDIV_MATCHMAKERS_GONE_SECONDS", 3));
        // Two wait side by side for all that time, which would otherwise be a mistake.
        await using var stage = new Stage(cluster) { Invariants = new InvariantOptions { StrandedAfter = MostStranded + gone } };
        var talking = await stage.SettledPairAsync("talks", "answers", "audio");
        var waiting = await stage.SearcherAsync("waits");
        var late = await stage.JoinAsync("comes late");

        foreach (var node in cluster.Matchmakers)
        {
            node.Process.Terminate();
            await node.Process.EndedAsync(Patience);
        }
        foreach (var gateway in cluster.GatewayNodes)
        {
            await gateway.Process.LineAsync(IsGone, $"word of {gateway.Name} that the last matchmaker is gone", Patience);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await gateway.AskAsync("/healthz/ready"));
            Assert.Equal(HttpStatusCode.OK, await gateway.AskAsync("/healthz/live"));
            var refused = await Assert.ThrowsAsync<HandshakeRefusedException>(() => WireClient.OpenAsync(gateway.Address));
            Assert.Equal(503, refused.Status);
        }
        await late.StartAsync();
        await late.ExpectAsync("searching");
        await PassAsync(gone);
        await Stage.SettleAsync(talking.A, talking.B);
        Assert.True(waiting.IsOpen && late.IsOpen, "nobody who was connected is dropped");

        await cluster.Matchmakers[0].RestartAsync();
        var back = Stopwatch.StartNew();
        await Stage.MetAsync(waiting, late);
        var took = back.Elapsed;
        Print($"matched {Show(took)} after a matchmaker was ready again");
        await cluster.Matchmakers[1].RestartAsync();
        foreach (var gateway in cluster.GatewayNodes)
        {
            await gateway.ReadyAsync();
            Assert.True(IsGone(Assert.Single(NodeLog.Above(gateway.Output))));
            Assert.Single(NodeLog.Information(gateway.Output), entry => entry.Contains("A matchmaker is back"));
        }
        Assert.InRange(took, TimeSpan.Zero, Soon);
    }

    private static bool IsGone(string line) => line.Contains("The last matchmaker is gone", StringComparison.Ordinal);
}
