using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>Processes die without warning, under load.</summary>
[Collection(Alone.Name)]
public sealed class KillTests(ITestOutputHelper output) : FaultTest(output)
{
    [Fact]
    public Task A_gateway_killed_strands_nobody_and_keeps_its_rooms() => RunAsync(
        (cluster, crowd) => KillAsync(crowd, cluster.GatewayNodes[Dice.Next(2)]));

    [Fact]
    public Task A_matchmaker_killed_strands_nobody_and_keeps_all_rooms() => RunAsync(
        async (cluster, crowd) => await KillAsync(crowd, await BusiestAsync(cluster)));

    [Fact]
    public Task One_process_after_the_other_killed_at_random_times() => RunAsync(async (cluster, crowd) =>
    {
        // One of each role; the other two are killed for longer in the tests above.
        ClusterNode[] victims = [cluster.Matchmakers[Dice.Next(2)], cluster.GatewayNodes[Dice.Next(2)]];
        foreach (var node in victims.OrderBy(_ => Dice.Next()).ToList())
        {
            var at = WireClock.Now;
            await node.Process.KillAsync();
            var again = await crowd.MatchedSinceAsync(at, TimeSpan.FromSeconds(30));
            await PassAsync(TimeSpan.FromMilliseconds(Dice.Next(300, 1_500)));
            await node.RestartAsync();
            await PassAsync(TimeSpan.FromMilliseconds(Dice.Next(300, 1_500)));
            Print($"{node.Name} killed: matching again after {Show(again)}, worst wait {Show(crowd.WorstWaitSince(at))}, "
                + $"{crowd.Couples.Count(couple => couple.EndedBy is null)} of {crowd.Couples.Count} rooms kept");
            Assert.InRange(crowd.WorstWaitSince(at), TimeSpan.Zero, MostStranded);
        }
        await EndAsync(crowd);
        Assert.All(crowd.Couples, couple => Assert.Null(couple.EndedBy));
    });

    private async Task KillAsync(Crowd crowd, ClusterNode node)
    {
        var at = WireClock.Now;
        await node.Process.KillAsync();
        var again = await crowd.MatchedSinceAsync(at, TimeSpan.FromSeconds(30));
        await LookOnAsync(crowd);
        var late = WireClock.Now;
        await PassAsync(TimeSpan.FromSeconds(2));
        var (worst, kept) = (crowd.WorstWaitSince(at), crowd.RoomsKept(late));
        Print($"{node.Name} killed: matching again after {Show(again)}, worst wait {Show(worst)}, "
            + $"{kept} of {crowd.Couples.Count} rooms kept");
        await EndAsync(crowd);
        Assert.InRange(worst, TimeSpan.Zero, MostStranded);
        Assert.Equal(crowd.Couples.Count, kept);
    }
}
