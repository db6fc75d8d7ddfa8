using System.CommandLine;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Reports;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary><c>compare</c>: product, baseline and limit side by side, in turns.</summary>
internal static class CompareCommand
{
    // Enough to search 50,000 times a second, and few enough for a process that may open 20,000 files.
    private const int FloodUsers = 10_000;

    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds; each takes every figure of every server once.", DefaultValueFactory = _ => 5 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Seconds measured for each figure.", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> Connections = new("--connections") { Description = "Idle connections for the memory figure.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<double> Frames = new("--frames") { Description = "Frames a second at the everyday rate.", DefaultValueFactory = _ => 5_000 };
    private static readonly Option<double> Cycles = new("--cycles") { Description = "Match cycles a second at the everyday rate.", DefaultValueFactory = _ => 150 };
    private static readonly Option<string?> Report = new("--report") { Description = "Writes PATH.json and PATH.html." };
    private static readonly Option<FileInfo?> Against = new("--against")
    {
        Description = "The JSON report of an earlier comparison; tells which ratios agree with it.",
    };

    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "A setting of the product, Section:Key=value; may be repeated.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<ServerKind[]> Only = new("--only")
    {
        Description = "Leaves the other servers out.",
        DefaultValueFactory = _ => Enum.GetValues<ServerKind>(),
    };

    public static Command Create()
    {
        var command = new Command("compare", "Runs product, baseline and limit in turns and prints the ratios.")
        {
            Rounds, Seconds, Connections, Frames, Cycles, Report, Against, Settings, Only,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken cancellation)
    {
        Comparison? earlier = null;
        if (given.GetValue(Against) is { } report)
        {
            try
            {
                earlier = await ReportFiles.ReadComparisonAsync(report.FullName);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                AnsiConsole.MarkupLineInterpolated($"[red]{problem.Message}[/]");
                return 2;
            }
        }
        var comparison = new Comparison();
        var runs = new List<RunResult>();
        var contenders = new List<Contender>();
        try
        {
            foreach (var kind in given.GetValue(Only)!)
            {
                contenders.Add(await Contender.StartAsync(kind, given.GetValue(Settings)!, runs, cancellation));
            }
            for (var round = 0; round < given.GetValue(Rounds); round++)
            {
                await new Round(round, given, comparison, contenders).RunAsync();
            }
        }
        finally
        {
            foreach (var contender in contenders)
            {
                await contender.DisposeAsync();
            }
        }
        comparison.Note(runs);
        Write(Comparison.Heads, comparison.Rows());
        AnsiConsole.WriteLine(comparison.Reading);
        if (earlier is not null)
        {
            var pairs = comparison.Against(earlier).ToList();
            Write(["ratio", "now", "earlier", "ranges meet"], pairs.Select(p => new[] { p.Figure, p.Now, p.Then, p.Agree ? "yes" : "no" }));
            AnsiConsole.WriteLine(Text(
                $"{pairs.Count(p => p.Agree)} of {pairs.Count} ratios agree with the earlier run; {pairs.Count * (1 - comparison.MissByChance(earlier)):f1} would if nothing but chance were between them."));
        }
        await ReportFiles.WriteAsync(given.GetValue(Report), runs, comparison);
        var broken = runs.Where(run => run.Server == "product").Sum(run => run.Invariants.Total);
        AnsiConsole.WriteLine($"Invariants the product broke over all runs: {broken}.");
        return broken == 0 ? 0 : 1;
    }

    private static void Write(IEnumerable<string> heads, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var head in heads)
        {
            table.AddColumn(new TableColumn(Markup.Escape(head)).NoWrap());
        }
        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 240);
        AnsiConsole.Write(table);
    }

    private static string Text(FormattableString text) => text.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Every figure once of every server, the servers one right after the other, so that they meet the same machine.</summary>
    private sealed class Round(int round, ParseResult given, Comparison comparison, List<Contender> contenders)
    {
        private readonly Dictionary<Contender, double> _searches = [];

        private LoadOptions Options => new()
        {
            Warmup = TimeSpan.FromSeconds(1),
            Duration = TimeSpan.FromSeconds(given.GetValue(Seconds)),
            Settle = TimeSpan.FromSeconds(0.3),
            Stay = TimeSpan.FromSeconds(0.2),
            Seed = round + 1,
        };

        private string Title => $"round {round + 1} of {given.GetValue(Rounds)}";

        // Each round begins with another server, so that none always follows the same one.
        private IEnumerable<Contender> Contenders(bool matching) =>
            Enumerable.Range(0, contenders.Count)
                .Select(i => contenders[(round + i) % contenders.Count])
                .Where(contender => !matching || !contender.RelayOnly);

        public async Task RunAsync()
        {
            var frames = given.GetValue(Frames);
            foreach (var one in Contenders(matching: false))
            {
                var everyday = await one.RunAsync("relay", Options with { Rate = frames }, Title);
                Note(one, Text($"CPU a relayed frame at {frames:0}/s"), "us", everyday.Cost?.CpuPerFrameMicros, 0.6, 1.3);
                Note(one, "relay latency p99 at that rate", "ms", everyday.Relay.P99);
            }
            foreach (var one in Contenders(matching: false))
            {
                var flat = await one.RunAsync("relay", Options with { Saturate = true }, Title);
                Note(one, "CPU a relayed frame, saturated", "us", flat.Cost?.CpuPerFrameMicros, 0.45, 1.3);
                Note(one, "frames relayed, saturated", "1/s", flat.FramesPerSecond);
            }
            await CallsAsync();
            await MatchesAsync();
            foreach (var one in Contenders(matching: false))
            {
                Note(one, "memory an idle connection", "kB", await one.MemoryAsync(given.GetValue(Connections)), null, 1.1);
            }
        }

        private async Task CallsAsync()
        {
            var cycles = given.GetValue(Cycles);
            foreach (var one in Contenders(matching: true))
            {
                var calls = await one.RunAsync("signaling", Options with { Rate = cycles }, Title);
                Note(one, Text($"CPU a full match cycle at {cycles:0}/s"), "us", calls.Cost?.CpuPerScriptMicros, 0.5);
            }
            foreach (var one in Contenders(matching: true))
            {
                var busy = await one.RunAsync("signaling", Options with { Saturate = true }, Title);
                Note(one, "CPU a full match cycle, saturated", "us", busy.Cost?.CpuPerScriptMicros, 0.5);
                Note(one, "full match cycles, saturated", "1/s", busy.ScriptsPerSecond);
            }
        }

        // Who all search at once are served in batches, which costs less than strangers who come one by one. So the load of
        // which half is taken is what a server kept up with when strangers came one by one, faster than it could.
        private async Task MatchesAsync()
        {
            foreach (var one in Contenders(matching: true))
            {
                var most = await one.RunAsync("steady", Options with { Saturate = true }, Title);
                _searches[one] = most.StartsPerSecond;
                Note(one, "matches, saturated, all at once", "1/s", most.MatchesPerSecond);
            }
            foreach (var one in Contenders(matching: true))
            {
                var flood = await one.RunAsync("steady", Options with { Rate = _searches[one], Users = FloodUsers }, Title);
                _searches[one] = flood.StartsPerSecond;
                Note(one, "matches, saturated, one by one", "1/s", flood.MatchesPerSecond);
            }
            foreach (var one in Contenders(matching: true))
            {
                var half = await one.RunAsync("steady", Options with { Rate = _searches[one] / 2 }, Title);
                Note(one, "matches at half of that", "1/s", half.MatchesPerSecond);
                Note(one, "CPU a match at half of that", "us", half.Cost?.CpuPerMatchMicros);
                Note(one, "time to match p99 at half of that, partner waiting", "ms", half.MatchWithPartner.P99);
            }
        }

        private void Note(
            Contender one, string name, string unit, double? value, double? goalBaseline = null, double? goalLimit = null) =>
            comparison.Add(name, unit, one.Name, round, value, goalBaseline, goalLimit);
    }
}
