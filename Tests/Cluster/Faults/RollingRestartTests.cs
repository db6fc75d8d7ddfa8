using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>
/// Every process is stopped in order and started again, one after the other, under load; <c>CAMDIV_ROLLING_ROUNDS</c> sets
/// how often.
/// </summary>
[Collection(Alone.Name)]
public sealed class RollingRestartTests(ITestOutputHelper output) : FaultTest(output)
{
    private static readonly TimeSpan MostGraceful = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WorthALook = TimeSpan.FromSeconds(4);

    [Fact]
    public Task A_rolling_restart_loses_no_room_and_strands_nobody() => RunAsync(async (cluster, crowd) =>
    {
        var from = WireClock.Now;
        foreach (var node in Rounds(cluster))
        {
            var at = WireClock.Now;
            node.Process.Terminate();
            await node.Process.EndedAsync(TimeSpan.FromSeconds(60));
            var stopped = WireClock.Now;
            var took = WireClock.Span(stopped - at);
            Assert.Equal(0, node.Process.ExitCode);
            Assert.True(took < MostGraceful, $"{node.Name} took {Show(took)} to end.");
            await node.RestartAsync();
            var ready = WireClock.Now;
            await crowd.MatchedSinceAsync(ready, TimeSpan.FromSeconds(30));
            await PassAsync(TimeSpan.FromMilliseconds(Dice.Next(500, 2_000)));
            var worstNow = crowd.WorstWaitSince(at);
            Print($"{node.Name}: ended after {Show(took)}, ready again {Show(WireClock.Span(ready - stopped))} later; "
                + $"worst wait {Show(worstNow)}, "
                + $"{crowd.Couples.Count(couple => couple.EndedBy is null)} of {crowd.Couples.Count} rooms kept");
            if (took > WorthALook || worstNow > WorthALook)
            {
                PrintLogs(cluster);
            }
        }
        var late = WireClock.Now;
        await PassAsync(TimeSpan.FromSeconds(3));
        var (worst, kept) = (crowd.WorstWaitSince(from), crowd.RoomsKept(late));
        Print($"worst wait of all {Show(worst)}, {kept} of {crowd.Couples.Count} rooms kept");
        await EndAsync(crowd);
        Assert.InRange(worst, TimeSpan.Zero, MostStranded);
        Assert.Equal(crowd.Couples.Count, kept);
        Assert.Equal(0, crowd.PlacesLost);
    });

    private List<ClusterNode> Rounds(RealCluster cluster) =>
        [.. Enumerable.Range(0, LongRun.Number("CAMDIV_ROLLING_ROUNDS", 1)).SelectMany(_ => cluster.Nodes.OrderBy(_ => Dice.Next()))];
}
