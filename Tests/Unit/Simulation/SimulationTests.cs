using System.Globalization;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// Thousands of users who come, skip, drop and return at every await point of the handshake, under virtual time: no
/// invariant of the architecture breaks. CAMDIV_SEED replays one seed.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly string? OneSeed = Environment.GetEnvironmentVariable("CAMDIV_SEED");

    public static IEnumerable<object[]> Seeds(int count) =>
        (OneSeed is null ? Enumerable.Range(1, count) : [int.Parse(OneSeed, CultureInfo.InvariantCulture)])
            .Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds), 3)]
    public void EmbeddedEngineKeepsItsPromises(int seed) => Simulate(new(seed, Hosts: 0));

    [Theory]
    [MemberData(nameof(Seeds), 2)]
    public void OneHostKeepsItsPromises(int seed) => Simulate(new(seed, Hosts: 1));

    [Theory]
    [MemberData(nameof(Seeds), 3)]
    public void TwoHostsKeepTheirPromises(int seed) => Simulate(new(seed, Hosts: 2));

    [Theory]
    [MemberData(nameof(Seeds), 4)]
    public void FourHostsKeepTheirPromises(int seed) => Simulate(new(seed, Hosts: 4));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void LongTimesToAcknowledgeChangeNothing(int hosts)
    {
        // Longer than the grace with its slack, so that a peer may be gone for good while one's own time still runs.
        var options = new SimulationPlan(1, hosts).Options;
        (options.AckMs, options.GraceMs) = (5_000, 800);
        Simulate(new(OneSeed is null ? 1 : int.Parse(OneSeed, CultureInfo.InvariantCulture), hosts)
        {
            Options = options,
            Matches = 3_000,
        });
    }

    [Fact]
    public void SameSeedGivesTheSameWorld()
    {
        var fingerprints = Enumerable.Range(0, 2).Select(_ =>
        {
            using var run = new SimulationRun(new(7, Hosts: 2) { Users = 200, Matches = 500 });
            run.Execute();
            return (run.World.Trace.Fingerprint, run.Ledger.Matches, run.Frames);
        }).ToArray();
        Assert.Equal(fingerprints[0], fingerprints[1]);
    }

    private void Simulate(SimulationPlan plan)
    {
        using var run = new SimulationRun(plan);
        run.Execute();
        Assert.True(run.Frames > run.Ledger.Matches / 10, "hardly a frame was relayed");
        output.WriteLine($"{plan}: {run.Ledger.Matches} matches, {run.Frames} frames, {run.World.NowMs / 1000} s virtual");
    }
}
