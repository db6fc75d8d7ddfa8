using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>A process is frozen: alive to the kernel, silent to everybody.</summary>
[Collection(Alone.Name)]
public sealed class FreezeTests(ITestOutputHelper output) : FaultTest(output)
{
    private static readonly TimeSpan Frozen = MostStranded + TimeSpan.FromSeconds(1);

    [Fact]
    public Task A_frozen_matchmaker_is_passed_over_and_ends_when_it_thaws() => RunAsync(async (cluster, crowd) =>
    {
        var node = await BusiestAsync(cluster);
        var at = WireClock.Now;
        node.Process.Freeze();
        var again = await crowd.MatchedSinceAsync(at, TimeSpan.FromSeconds(40));
        await PassAsync(Frozen);
        var worst = crowd.WorstWaitSince(at);
        node.Process.Thaw();
        await node.Process.EndedAsync(TimeSpan.FromSeconds(30));
        var code = node.Process.ExitCode;
        await node.RestartAsync();
        var late = WireClock.Now;
        await PassAsync(TimeSpan.FromSeconds(3));
        var kept = crowd.RoomsKept(late);
        Print($"{node.Name} frozen: matching again after {Show(again)}, worst wait {Show(worst)}, "
            + $"{kept} of {crowd.Couples.Count} rooms kept; thawed, it ended with {code}");
        await EndAsync(crowd);
        Assert.InRange(worst, TimeSpan.Zero, MostStranded);
        Assert.Equal(crowd.Couples.Count, kept);
    });

    [Fact]
    public Task A_frozen_gateway_holds_nobody_else_up() => RunAsync(async (cluster, crowd) =>
    {
        var node = cluster.GatewayNodes[Dice.Next(2)];
        var at = WireClock.Now;
        node.Process.Freeze();
        var again = await crowd.MatchedSinceAsync(at, TimeSpan.FromSeconds(40));
        await PassAsync(Frozen);
        var others = crowd.WorstWaitSince(at, but: node.Address);
        // An orchestrator whose liveness probe gets no answer kills it; its clients notice only then.
        var killed = WireClock.Now;
        await node.Process.KillAsync();
        await LookOnAsync(crowd);
        var its = crowd.WorstWaitSince(killed);
        Print($"{node.Name} frozen: matching again after {Show(again)}, worst wait elsewhere {Show(others)}, "
            + $"worst wait of all after it was killed {Show(its)}");
        var report = await crowd.RestAsync(new InvariantOptions { StrandedAfter = Frozen + (2 * MostStranded) });
        Assert.True(report.Total == 0, $"seed {Seed}: {report.Describe()}");
        Assert.InRange(others, TimeSpan.Zero, MostStranded);
        Assert.InRange(its, TimeSpan.Zero, MostStranded);
    });
}
