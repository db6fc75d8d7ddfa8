using System.CommandLine;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Reports;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary><c>compare</c>: product, baseline and limit side by side, in turns.</summary>
internal static class CompareCommand
{
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds; each starts every server anew.", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Seconds measured for each figure.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Connections = new("--connections") { Description = "Idle connections for the memory figure.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<double> Frames = new("--frames") { Description = "Frames a second at the everyday rate.", DefaultValueFactory = _ => 5_000 };
    private static readonly Option<double> Cycles = new("--cycles") { Description = "Match cycles a second at the everyday rate.", DefaultValueFactory = _ => 150 };
    private static readonly Option<string?> Report = new("--report") { Description = "Writes PATH.json and PATH.html." };
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
            Rounds, Seconds, Connections, Frames, Cycles, Report, Settings, Only,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken cancellation)
    {
        var comparison = new Comparison();
        var runs = new List<RunResult>();
        var rounds = given.GetValue(Rounds);
        var kinds = given.GetValue(Only)!;
        for (var round = 0; round < rounds; round++)
        {
            // Each round begins with another server, so that none always has the machine at its coolest.
            for (var i = 0; i < kinds.Length; i++)
            {
                var kind = kinds[(round + i) % kinds.Length];
                var title = $"round {round + 1} of {rounds}, {kind.ToString().ToLowerInvariant()}";
                await using var server = await LocalServer.StartAsync(kind, given.GetValue(Settings)!);
                using var loop = new LoadLoop();
                var turn = new Turn(given, comparison, runs, round, kind, server, loop, title, cancellation);
                await turn.RunAsync();
            }
        }
        Write(comparison);
        await ReportFiles.WriteAsync(given.GetValue(Report), runs, comparison);
        var broken = runs.Where(run => run.Server == "product").Sum(run => run.Invariants.Total);
        AnsiConsole.WriteLine($"Invariants the product broke over all runs: {broken}.");
        return broken == 0 ? 0 : 1;
    }

    private static void Write(Comparison comparison)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var head in Comparison.Heads)
        {
            table.AddColumn(new TableColumn(Markup.Escape(head)).NoWrap());
        }
        foreach (var row in comparison.Rows())
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 240);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(comparison.Note);
    }

    /// <summary>All figures of one server in one round.</summary>
    private sealed class Turn(
        ParseResult given,
        Comparison comparison,
        List<RunResult> runs,
        int round,
        ServerKind kind,
        LocalServer server,
        LoadLoop loop,
        string title,
        CancellationToken cancellation)
    {
        private readonly Endpoint _endpoint = new(server.Address);

        private LoadOptions Options => new()
        {
            Warmup = TimeSpan.FromSeconds(2),
            Duration = TimeSpan.FromSeconds(given.GetValue(Seconds)),
            Stay = TimeSpan.FromSeconds(0.2),
            Seed = round + 1,
        };

        public async Task RunAsync()
        {
            // The first seconds of a process are compilation; they are nobody's figure.
            await RunAsync("relay", Options with { Saturate = true }, keep: false);
            var everyday = await RunAsync("relay", Options with { Rate = given.GetValue(Frames) });
            Note(Text($"CPU a relayed frame at {given.GetValue(Frames):0}/s"), "us", everyday.Cost?.CpuPerFrameMicros, 0.6, 1.3);
            Note("relay latency p99 at that rate", "ms", everyday.Relay.P99);
            var flat = await RunAsync("relay", Options with { Saturate = true });
            Note("CPU a relayed frame, saturated", "us", flat.Cost?.CpuPerFrameMicros, 0.45, 1.3);
            Note("frames relayed, saturated", "1/s", flat.FramesPerSecond);
            if (kind != ServerKind.Limit)
            {
                await MatchesAsync();
            }
            await MemoryAsync();
        }

        // Of a process of its own: one that worked hard before has memory to spare and shows none of the cost.
        private async Task MemoryAsync()
        {
            await using var fresh = await LocalServer.StartAsync(kind, given.GetValue(Settings)!);
            var driver = kind.Driver(loop, new Endpoint(fresh.Address));
            var memory = await MemoryProbe.MeasureAsync(
                loop, driver, fresh.ProcessId, given.GetValue(Connections), cancellation);
            Note("memory an idle connection", "kB", memory, null, 1.1);
        }

        private async Task MatchesAsync()
        {
            await RunAsync("signaling", Options with { Saturate = true }, keep: false);
            var calls = await RunAsync("signaling", Options with { Rate = given.GetValue(Cycles) });
            Note(Text($"CPU a full match cycle at {given.GetValue(Cycles):0}/s"), "us", calls.Cost?.CpuPerScriptMicros, 0.5);
            var busy = await RunAsync("signaling", Options with { Saturate = true });
            Note("CPU a full match cycle, saturated", "us", busy.Cost?.CpuPerScriptMicros, 0.5);
            Note("full match cycles, saturated", "1/s", busy.ScriptsPerSecond);
            var most = await RunAsync("steady", Options with { Saturate = true });
            Note("matches, saturated", "1/s", most.MatchesPerSecond);
            var half = await RunAsync("steady", Options with { Rate = most.StartsPerSecond / 2 });
            Note("time to match p99, partner waiting, half of saturation", "ms", half.MatchWithPartner.P99);
        }

        private async Task<RunResult> RunAsync(string scenario, LoadOptions options, bool keep = true)
        {
            var result = await Progress.ShowAsync(
                progress => new LoadRunner(loop, kind.Driver(loop, _endpoint), server.ProcessId, progress)
                    .RunAsync(Scenario.All[scenario](), options, cancellation),
                $"{title}, {scenario}{(options.Saturate ? " saturated" : "")}");
            if (keep)
            {
                runs.Add(result);
            }
            return result;
        }

        private void Note(string name, string unit, double? value, double? goalBaseline = null, double? goalLimit = null) =>
            comparison.Add(name, unit, kind.ToString().ToLowerInvariant(), round, value, goalBaseline, goalLimit);

        private static string Text(FormattableString text) => text.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
