using System.Diagnostics;
using System.Text.Json;
using Camdiv.Tests.Cluster.Faults;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Otlp;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Deploy;

/// <summary>deploy/local/cluster from up to down, and what the guide promises of a cluster behind HAProxy.</summary>
[Collection(Alone.Name)]
public sealed class LocalClusterTests(ITestOutputHelper output)
{
    private static readonly string[] Nodes = ["gateway-1", "gateway-2", "matchmaker-1", "matchmaker-2"];

    [Fact]
    public async Task A_rolling_restart_behind_HAProxy_loses_no_room_and_down_leaves_nothing()
    {
        await using var cluster = await LocalCluster.StartAsync(SystemSettings.Default.With(Keys.Patience, 60_000));
        var before = cluster.Pids;
        var crowd = await Crowd.GatherAsync(cluster.Gateways, seed: Random.Shared.Next(), walkersPerChat: 6, couples: 10);
        var from = WireClock.Now;
        var roll = await cluster.RunAsync("roll");
        Assert.True(roll.ExitCode == 0, $"{roll.Text}\n{cluster.Output}");
        await crowd.MatchedSinceAsync(WireClock.Now, TimeSpan.FromSeconds(30));
        var worst = crowd.WorstWaitSince(from);
        var kept = crowd.RoomsKept(WireClock.Now - 5_000_000);
        var report = await crowd.RestAsync(new InvariantOptions { StrandedAfter = TimeSpan.FromSeconds(10) });
        output.WriteLine(FormattableString.Invariant(
            $"{kept} of {crowd.Couples.Count} rooms kept, {report.Matches / 2} matches, worst wait {worst.TotalSeconds:f1} s"));
        Assert.True(report.Total == 0, report.Describe());
        Assert.Equal(crowd.Couples.Count, kept);
        Assert.Equal(0, crowd.Couples.Sum(couple => couple.Disordered));
        Assert.All(Nodes, node => Assert.NotEqual(before[node], cluster.Pids[node]));
        Assert.Equal(before["haproxy"], cluster.Pids["haproxy"]);

        var pids = cluster.Pids.Values.ToList();
        Assert.Equal(7, pids.Count);
        var down = await cluster.RunAsync("down");
        Assert.True(down.ExitCode == 0, down.Text);
        Assert.All(pids, pid => Assert.False(Lives(pid), $"{pid} lives on"));
        Assert.False(cluster.IsListening());
        Assert.Empty(cluster.Pids);
    }

    [Theory]
    [InlineData("matchmakers-first")]
    [InlineData("gateways-first")]
    [InlineData("together")]
    public async Task Nodes_that_start_in_any_order_serve_and_log_nothing_above_information(string order)
    {
        await using var cluster = await LocalCluster.StartAsync(SystemSettings.Default, order: order);
        await Strangers.MeetAsync(cluster.Address);
        Assert.All(Nodes, node => Assert.Empty(NodeLog.Above(cluster.LogOf(node))));
        foreach (var node in Nodes)
        {
            output.WriteLine($"{node}: {NodeLog.Information(cluster.LogOf(node)).Count} entries of Information, none above");
        }
        if (order == "gateways-first")
        {
            Assert.Single(NodeLog.Information(cluster.LogOf("gateway-1")), entry => entry.Contains("Waiting for a matchmaker"));
        }
    }

    [Fact]
    public async Task It_says_what_the_guide_says_and_answers_operators()
    {
        await using var receiver = OtlpReceiver.Start();
        await using var prometheus = await PrometheusServer.StartAsync(receiver);
        var environment = receiver.Environment("").Where(pair => pair.Key != "OTEL_RESOURCE_ATTRIBUTES").ToDictionary();
        await using var cluster = await LocalCluster.StartAsync(SystemSettings.Default, environment);

        var turn = await cluster.RunAsync("turn-check", "--json", "--timeout", "20");
        Assert.True(turn.ExitCode == 0, turn.Text);
        using var findings = JsonDocument.Parse(turn.Text);
        Assert.Equal(3, findings.RootElement.EnumerateArray().Count(finding => finding.GetProperty("grade").GetString() == "ok"));
        var silos = await cluster.RunAsync("admin", "silos");
        Assert.All(Nodes, node => Assert.Contains(node, silos.Text, StringComparison.Ordinal));
        Assert.Equal(0, (await cluster.RunAsync("status")).ExitCode);
        var again = await cluster.RunAsync("up");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("runs already", again.Text, StringComparison.Ordinal);
        var sideways = await cluster.RunAsync("up", "--order", "sideways");
        Assert.Equal(1, sideways.ExitCode);
        Assert.Contains("there are: matchmakers-first gateways-first together", sideways.Text, StringComparison.Ordinal);

        await EverythingIsAnsweredAsync(cluster, prometheus);
        Assert.Empty(MetricAudit.Missing(receiver, "gateway", "queue", "cluster"));
        Assert.Empty(MetricAudit.Undocumented(receiver));
        Assert.Equal(
            Nodes, receiver.Metrics.Select(metric => metric.Resource["service.instance.id"]).Distinct().Order());
        Assert.Empty(await prometheus.SickRulesAsync());
        AMatchCrossesProcesses(receiver);
    }

    private static async Task EverythingIsAnsweredAsync(LocalCluster cluster, PrometheusServer prometheus)
    {
        var unanswered = Dashboard.Queries();
        var since = Stopwatch.StartNew();
        while (unanswered.Count > 0 && since.Elapsed < TimeSpan.FromSeconds(120))
        {
            // A rate needs a series to grow while it is looked at.
            await Strangers.MeetAsync(cluster.Address);
            unanswered = await Dashboard.UnansweredAsync(prometheus, unanswered);
        }
        Assert.True(unanswered.Count == 0, string.Join('\n', unanswered.Select(query => $"{query.Panel}: {query.Expression}")));
    }

    private static void AMatchCrossesProcesses(OtlpReceiver receiver)
    {
        var matches = receiver.Spans.Where(span => span.Name == "camdiv.match").ToList();
        Assert.NotEmpty(matches);
        Assert.All(matches, match => Assert.StartsWith("matchmaker-", match.Resource["service.instance.id"]));
        Assert.All(matches, match => Assert.Equal("", match.Parent));
        var ways = matches.Select(match => receiver.Spans
            .Where(span => span.Trace == match.Trace)
            .Select(span => span.Resource["service.instance.id"])
            .Distinct()
            .ToList());
        Assert.Contains(ways, way => way.Contains("gateway-1") && way.Contains("gateway-2"));
    }

    private static bool Lives(int pid)
    {
        try
        {
            // Behind the name in brackets; one that has ended and waits for its parent to ask is a zombie.
            var state = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0];
            return state is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
