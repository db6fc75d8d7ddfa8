using System.CommandLine;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Reports;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary><c>run</c>: one scenario against one server.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> ScenarioName = new("scenario")
    {
        Description = "One of: " + string.Join("; ", Scenario.All.Select(s => $"{s.Key} ({s.Value().Description.TrimEnd('.')})")),
    };

    private static readonly Option<Uri?> Url = new("--url") { Description = "The server's address; without it one is started." };
    private static readonly Option<int?> ServerPid = new("--server-pid") { Description = "Its process id, to read CPU and memory." };
    private static readonly Option<ServerKind> Kind = new("--server")
    {
        Description = "What is driven, or started: product, baseline or limit.",
        DefaultValueFactory = _ => ServerKind.Product,
    };

    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "A setting of the product started here, Section:Key=value; may be repeated.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<int?> Users = new("--users") { Description = "Virtual users; default: what the scenario needs." };
    private static readonly Option<double> Rate = new("--rate") { Description = "Events a second.", DefaultValueFactory = _ => 200 };
    private static readonly Option<double> Stay = new("--stay") { Description = "Mean seconds together.", DefaultValueFactory = _ => 2 };
    private static readonly Option<double> Warmup = new("--warmup") { Description = "Seconds before measuring.", DefaultValueFactory = _ => 3 };
    private static readonly Option<double> Duration = new("--duration") { Description = "Seconds measured.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Payload = new("--payload") { Description = "Bytes of a relay frame.", DefaultValueFactory = _ => 1_500 };
    private static readonly Option<bool> Saturate = new("--saturate") { Description = "As much as the server can do, instead of a rate." };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> PerSource = new("--per-source")
    {
        Description = "Connections for each source address 127.0.0.x.",
        DefaultValueFactory = _ => 25_000,
    };

    private static readonly Option<string?> Report = new("--report") { Description = "Writes PATH.json and PATH.html." };

    public static Command Create()
    {
        var command = new Command("run", "Runs a scenario against a server and judges what its clients saw.")
        {
            ScenarioName, Url, ServerPid, Kind, Settings, Users, Rate, Stay, Warmup, Duration, Payload, Saturate, Seed, PerSource, Report,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken cancellation)
    {
        var name = given.GetValue(ScenarioName)!;
        var kind = given.GetValue(Kind);
        if (!Scenario.All.TryGetValue(name, out var create) || (kind == ServerKind.Limit && !create().RelayOnly))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]No scenario {name} for {kind}.[/]");
            return 2;
        }
        var options = new LoadOptions
        {
            Users = given.GetValue(Users),
            Rate = given.GetValue(Rate),
            Stay = TimeSpan.FromSeconds(given.GetValue(Stay)),
            Warmup = TimeSpan.FromSeconds(given.GetValue(Warmup)),
            Duration = TimeSpan.FromSeconds(given.GetValue(Duration)),
            PayloadBytes = given.GetValue(Payload),
            Saturate = given.GetValue(Saturate),
            Seed = given.GetValue(Seed),
        };
        var url = given.GetValue(Url);
        await using var server = url is null ? await LocalServer.StartAsync(kind, given.GetValue(Settings)!) : null;
        var endpoint = new Endpoint(url ?? server!.Address) { ConnectionsPerSource = given.GetValue(PerSource) };
        using var loop = new LoadLoop();
        var result = await Progress.ShowAsync(progress =>
            new LoadRunner(loop, kind.Driver(loop, endpoint), server?.ProcessId ?? given.GetValue(ServerPid), progress)
                .RunAsync(create(), options, cancellation));
        TextReport.Write(AnsiConsole.Console, result);
        await ReportFiles.WriteAsync(given.GetValue(Report), [result], null);
        return result.Invariants.Total == 0 ? 0 : 1;
    }
}
