using System.Text.Json.Nodes;
using Camdiv.Tests.Deploy.Telemetry;
using Camdiv.Tests.Deploy.Turn;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Otlp;

namespace Camdiv.Tests.Deploy.Dashboards;

/// <summary>The Grafana dashboard and the alert rules, asked of a real Prometheus that a real gateway feeds.</summary>
public sealed class DashboardTests
{
    // What only a cluster measures; the cluster's own test asks for these.
    private static readonly string[] OfCluster = ["camdiv_cluster_", "camdiv_silo_"];

    [Fact]
    public async Task Every_query_is_answered()
    {
        await using var receiver = OtlpReceiver.Start();
        await using var prometheus = await PrometheusServer.StartAsync(receiver);
        await using var gateway = await EmbeddedGateway.StartAsync(receiver.Environment("gateway-1"));
        var queries = Dashboard.Queries()
            .Where(query => !OfCluster.Any(prefix => query.Expression.Contains(prefix, StringComparison.Ordinal)))
            .ToList();
        Assert.True(queries.Count > 40, $"{queries.Count} queries");
        IReadOnlyList<Dashboard.Query> unanswered = queries;
        try
        {
            await Until.TrueAsync(
                async () =>
                {
                    // A rate needs a series to grow while it is looked at.
                    await gateway.MeetAsync();
                    unanswered = await Dashboard.UnansweredAsync(prometheus, unanswered);
                    return unanswered.Count == 0;
                },
                "answers to all queries",
                TimeSpan.FromSeconds(90));
        }
        catch (TimeoutException)
        {
            // Told below, each by its name.
        }
        Assert.True(unanswered.Count == 0, string.Join('\n', unanswered.Select(query => $"{query.Panel}: {query.Expression}")));

        Assert.Empty(await prometheus.SickRulesAsync());
        var bill = await TurnCli.RunAsync("bill", "--prometheus", prometheus.Address.ToString(), "--days", "1");
        Assert.True(bill.ExitCode == 0, bill.Error);
        Assert.Contains("direct share 50.0 %", bill.Output, StringComparison.Ordinal);
        Assert.Matches(@"ams\s+[0-9.,]+\s+[0-9.,]+\s+0\.0100", bill.Output);
    }

    [Fact]
    public void Alerts_and_dashboard_name_only_metrics_of_the_guide()
    {
        var known = MetricTable.Read()
            .Select(row => (row.Kind, Name: PrometheusText.NameOf(new OtlpMetric(new Dictionary<string, string>(), "", row.Name, row.Unit, row.Kind, []))))
            .SelectMany(metric => metric.Kind == OtlpKind.Histogram
                ? new[] { "_bucket", "_sum", "_count" }.Select(suffix => metric.Name + suffix)
                : [metric.Name])
            .ToHashSet();
        var alerts = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml"));
        var named = Dashboard.MetricsIn(string.Join('\n', Dashboard.Queries().Select(query => query.Expression)))
            .Concat(AlertExpressions(alerts).SelectMany(Dashboard.MetricsIn))
            .Where(name => name.StartsWith("camdiv_", StringComparison.Ordinal))
            .ToHashSet();
        Assert.True(named.Count > 30, $"{named.Count} metrics");
        Assert.Empty(named.Except(known).Order());
    }

    [Fact]
    public void Every_panel_says_what_it_shows_and_has_a_place_of_its_own()
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "camdiv.json")))!;
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in json["panels"]!.AsArray().Where(panel => panel!["type"]!.GetValue<string>() != "row"))
        {
            Assert.NotEqual("", panel!["description"]!.GetValue<string>());
            Assert.NotEmpty(panel["targets"]!.AsArray());
            var place = panel["gridPos"]!;
            for (var x = 0; x < place["w"]!.GetValue<int>(); x++)
            {
                for (var y = 0; y < place["h"]!.GetValue<int>(); y++)
                {
                    Assert.True(
                        taken.Add((x + place["x"]!.GetValue<int>(), y + place["y"]!.GetValue<int>())),
                        $"{panel["title"]} overlaps another panel");
                }
            }
        }
    }

    [Fact]
    public void Alert_rules_are_valid_and_fire_on_their_faults()
    {
        var promtool = Tools.Require("promtool", "prometheus");
        var folder = Path.Combine(Repository.Root, "deploy", "prometheus");
        foreach (var arguments in new string[][] { ["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"] })
        {
            var run = Run.ToEnd(promtool, arguments, folder: folder);
            Assert.True(run.ExitCode == 0, run.Text);
        }
    }

    [Fact]
    public void Every_alert_has_a_runbook_and_a_test()
    {
        var folder = Path.Combine(Repository.Root, "deploy", "prometheus");
        var alerts = File.ReadAllText(Path.Combine(folder, "alerts.yml")).Split("- alert: ")[1..];
        var tests = File.ReadAllText(Path.Combine(folder, "alerts.test.yml"));
        Assert.True(alerts.Length >= 10);
        foreach (var alert in alerts)
        {
            var name = alert.Split('\n')[0].Trim();
            Assert.True(alert.Contains("runbook: \"", StringComparison.Ordinal), $"{name} has no runbook");
            Assert.True(tests.Contains($"alertname=\"{name}\"", StringComparison.Ordinal), $"{name} has no test");
        }
    }

    private static IEnumerable<string> AlertExpressions(string yaml) =>
        yaml.Split("expr:")[1..].Select(part => part.Split(["for:", "labels:"], StringSplitOptions.None)[0]);
}
