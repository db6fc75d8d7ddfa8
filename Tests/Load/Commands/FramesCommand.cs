using System.CommandLine;
using System.Globalization;
using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary>
/// <c>frames</c>: what a relayed frame costs by rate, by how frames are spread over sockets, and by the baseline's envelope.
/// A single figure hangs on all three.
/// </summary>
internal static class FramesCommand
{
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Rounds; each takes every figure once.", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Seconds measured for each figure.", DefaultValueFactory = _ => 3 };
    private static readonly Option<int> Users = new("--users") { Description = "Sockets; half of them make a pair with the other half.", DefaultValueFactory = _ => 100 };
    private static readonly Option<double[]> Rates = new("--rate")
    {
        Description = "Frames a second; may be repeated.",
        DefaultValueFactory = _ => [1_000, 5_000, 20_000],
    };

    public static Command Create()
    {
        var command = new Command("frames", "What a relayed frame costs product, baseline and limit, by rate and by how frames come.")
        {
            Rounds, Seconds, Users, Rates,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken cancellation)
    {
        var runs = new List<RunResult>();
        var contenders = new List<Contender>();
        try
        {
            foreach (var kind in Enum.GetValues<ServerKind>())
            {
                contenders.Add(await Contender.StartAsync(kind, [], runs, cancellation));
            }
            for (var round = 0; round < given.GetValue(Rounds); round++)
            {
                await RoundAsync(given, contenders, round);
            }
        }
        finally
        {
            foreach (var contender in contenders)
            {
                await contender.DisposeAsync();
            }
        }
        Write(runs);
        return runs.Sum(run => run.Invariants.Total) == 0 ? 0 : 1;
    }

    private static async Task RoundAsync(ParseResult given, List<Contender> contenders, int round)
    {
        foreach (var rate in given.GetValue(Rates)!)
        {
            foreach (var pattern in Enum.GetValues<SendingPattern>())
            {
                var options = new LoadOptions
                {
                    Users = given.GetValue(Users),
                    Rate = rate,
                    Pattern = pattern,
                    Warmup = TimeSpan.FromSeconds(1),
                    Duration = TimeSpan.FromSeconds(given.GetValue(Seconds)),
                    Settle = TimeSpan.FromSeconds(0.3),
                    Seed = round + 1,
                };
                for (var i = 0; i < contenders.Count; i++)
                {
                    var contender = contenders[(round + i) % contenders.Count];
                    await contender.RunAsync("relay", options, $"round {round + 1}");
                    if (contender.Driver is SocketIoDriver)
                    {
                        await contender.RunAsync("relay", options, $"round {round + 1}, bare", driver: contender.Bare);
                    }
                }
            }
        }
    }

    private static void Write(List<RunResult> runs)
    {
        string[] servers = ["product", "baseline", "bare baseline", "limit"];
        var table = new Table().Border(TableBorder.Markdown);
        string[] heads =
        [
            "frames/s, spread", .. servers.Select(server => $"{server}, us (kernel)"), .. servers.Skip(1).Select(server => $"product / {server}"),
        ];
        foreach (var head in heads)
        {
            table.AddColumn(new TableColumn(head).NoWrap());
        }
        foreach (var rows in runs.GroupBy(run => (run.Options.Rate, run.Options.Pattern)))
        {
            double Cost(string server) => Median(rows.Where(run => run.Server == server).Select(run => run.Cost?.CpuPerFrameMicros ?? 0));
            double Kernel(string server) => Median(rows.Where(run => run.Server == server).Select(run => run.Cost?.KernelShare ?? 0));
            table.AddRow(
            [
                Text($"{rows.Key.Rate:#,0}, {(rows.Key.Pattern == SendingPattern.InTurn ? "in turn" : "independent")}"),
                .. servers.Select(server => Text($"{Cost(server):f1} ({Kernel(server):p0})")),
                .. servers.Skip(1).Select(server => Text($"{Cost("product") / Cost(server):f2}")),
            ]);
        }
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 240);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Text(
            $"Medians over the rounds. Server CPU a frame; in brackets the share of it spent in the kernel. Other programs used {runs.Average(run => run.Cost?.OthersCores ?? 0):f2} of {Environment.ProcessorCount} cores."));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
