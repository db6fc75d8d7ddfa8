using System.Globalization;
using System.Text.Json;
using Camdiv.Silo.Commands;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>
/// Base of the fault tests: a real cluster under load, something that befalls it, and what its clients saw. Each prints
/// its numbers and its seed; <c>CAMDIV_SEED</c> replays a seed's choices.
/// </summary>
public abstract class FaultTest(ITestOutputHelper output)
{
    /// <summary>Longest time anyone may be stranded by the loss of one process.</summary>
    protected static readonly TimeSpan MostStranded = TimeSpan.FromSeconds(10);

    private const int MostLog = 6_000;

    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    /// <summary>This run's seed.</summary>
    protected int Seed { get; } = LongRun.Number("CAMDIV_SEED", Random.Shared.Next());

    /// <summary>Dice for what is done to the cluster.</summary>
    protected Random Dice { get; private set; } = new(0);

    /// <summary>Couples meet by interest, however long the machine takes to start them all.</summary>
    protected static SystemSettings Settings => SystemSettings.Default.With(Keys.Patience, 60_000);

    /// <summary>Starts a cluster and a crowd on it, lets them run for a random while, and does to them what is tested.</summary>
    internal async Task RunAsync(Func<RealCluster, Crowd, Task> befalls, SystemSettings? settings = null)
    {
        Dice = new Random(Seed);
        output.WriteLine($"seed {Seed}");
        await using var cluster = await RealCluster.StartAsync(settings ?? Settings);
        try
        {
            var crowd = await Crowd.GatherAsync(cluster.Gateways, Dice.Next());
            await PassAsync(TimeSpan.FromMilliseconds(Dice.Next(1_000, 3_000)));
            await befalls(cluster, crowd);
        }
        catch
        {
            PrintLogs(cluster);
            throw;
        }
    }

    /// <summary>The matchmaker that hosts most queues.</summary>
    protected static async Task<ClusterNode> BusiestAsync(RealCluster cluster)
    {
        var text = "";
        // On a busy machine the command's own patience may be too short for the first try.
        await Until.TrueAsync(
            async () =>
            {
                using var answer = new StringWriter();
                var code = await CommandLine.RunAsync(
                    ["admin", "searching", "--json", $"--Redis:ConnectionString={cluster.Redis.ConnectionString}"], answer, answer);
                text = answer.ToString();
                return code == 0;
            },
            "the cluster tells an operator of its queues",
            TimeSpan.FromSeconds(60));
        using var queues = JsonDocument.Parse(text);
        var busiest = queues.RootElement.EnumerateObject()
            .GroupBy(queue => queue.Value.GetProperty("silo").GetString())
            .MaxBy(hosted => hosted.Count())!.Key;
        return cluster.Matchmakers.Single(node => node.Name == busiest);
    }

    /// <summary>Lets time pass under load.</summary>
    protected static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    /// <summary>
    /// Looks on until everybody who waits some seconds after a fault has met somebody; whoever waited too long shows in the
    /// crowd's numbers.
    /// </summary>
    internal static async Task LookOnAsync(Crowd crowd)
    {
        await PassAsync(Aftermath);
        await crowd.RelievedAsync(MostStranded + TimeSpan.FromSeconds(1));
    }

    /// <summary>Brings the crowd to rest and holds it to the invariants.</summary>
    internal async Task<InvariantReport> EndAsync(Crowd crowd)
    {
        var report = await crowd.RestAsync(new InvariantOptions { StrandedAfter = MostStranded });
        Print($"{report.Matches / 2} matches, {report.Frames} frames; {crowd.People.Sum(p => p.Returns)} returns, "
            + $"{crowd.People.Sum(p => p.Forgotten)} identities lost, {crowd.PlacesLost} queue places lost");
        Print($"couples: {crowd.Couples.Sum(c => c.Heard)} frames heard, {crowd.Couples.Sum(c => c.Missed)} missed, "
            + $"{crowd.Couples.Sum(c => c.Repeated)} repeated, {crowd.Couples.Sum(c => c.Disordered)} out of order; ended: "
            + string.Join(", ", crowd.Couples.Where(c => c.EndedBy is not null).GroupBy(c => c.EndedBy).Select(g => $"{g.Count()} {g.Key}")));
        foreach (var note in crowd.Couples.SelectMany(couple => couple.Notes).Take(10))
        {
            Print(note);
        }
        Print($"longest waits: {crowd.LongestWaits(0)}");
        Assert.True(report.Total == 0, $"seed {Seed}: {report.Describe()}");
        Assert.Equal(0, crowd.Couples.Sum(couple => couple.Disordered));
        Assert.Equal(0, crowd.People.Sum(person => person.Forgotten));
        return report;
    }

    /// <summary>Writes the end of what each process wrote.</summary>
    internal void PrintLogs(RealCluster cluster)
    {
        Print($"it is {WireClock.Now / 1e6:f1} s by the crowd's clock, {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} by the nodes'");
        foreach (var node in cluster.Nodes)
        {
            Print($"--- {node.Name}\n{(node.Output.Length > MostLog ? node.Output[^MostLog..] : node.Output)}");
        }
    }

    /// <summary>Writes a line of numbers.</summary>
    protected void Print(string line) => output.WriteLine(line);

    /// <summary>A duration for people.</summary>
    protected static string Show(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:f1} s");
}
