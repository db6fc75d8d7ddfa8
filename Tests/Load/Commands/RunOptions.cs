using System.CommandLine;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Reports;
using Camdiv.Tests.Load.Scenarios;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary>The scenario of a run, its size and its pace, as given on a command line.</summary>
internal sealed class RunOptions
{
    private readonly Argument<string> _scenario = new("scenario")
    {
        Description = "One of: " + string.Join("; ", Scenarios.Scenario.All.Select(s => $"{s.Key} ({s.Value().Description.TrimEnd('.')})")),
    };

    private readonly Option<int?> _users = new("--users") { Description = "Virtual users; default: what the scenario needs." };
    private readonly Option<double> _rate = new("--rate") { Description = "Events a second.", DefaultValueFactory = _ => 200 };
    private readonly Option<double> _stay = new("--stay") { Description = "Mean seconds together.", DefaultValueFactory = _ => 2 };
    private readonly Option<double> _warmup = new("--warmup") { Description = "Seconds before measuring.", DefaultValueFactory = _ => 3 };
    private readonly Option<double> _duration = new("--duration") { Description = "Seconds measured.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _payload = new("--payload") { Description = "Bytes of a relay frame.", DefaultValueFactory = _ => 1_500 };
    private readonly Option<bool> _saturate = new("--saturate") { Description = "As much as the server can do, instead of a rate." };
    private readonly Option<SendingPattern> _pattern = new("--pattern")
    {
        Description = "How relayed frames are spread: Independent (each user by a clock of its own) or InTurn (one at a time over all sockets).",
    };

    private readonly Option<int> _seed = new("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _settling = new("--settling")
    {
        Description = "First seconds of a server process that its memory's trend leaves out.",
        DefaultValueFactory = _ => 60,
    };

    private readonly Option<string?> _report = new("--report") { Description = "Writes PATH.json and PATH.html." };

    public RunOptions(Command command)
    {
        command.Arguments.Add(_scenario);
        foreach (var option in new Option[] { _users, _rate, _stay, _warmup, _duration, _payload, _saturate, _pattern, _seed, _settling, _report })
        {
            command.Options.Add(option);
        }
    }

    public string Scenario(ParseResult given) => given.GetValue(_scenario)!;

    /// <summary>Writes what came of a run to the terminal and the files asked for.</summary>
    /// <returns>The program's exit code: 1 when an invariant was broken.</returns>
    public async Task<int> ReportAsync(ParseResult given, RunResult result)
    {
        TextReport.Write(AnsiConsole.Console, result);
        await ReportFiles.WriteAsync(given.GetValue(_report), [result], null);
        return result.Invariants.Total == 0 ? 0 : 1;
    }

    public LoadOptions Read(ParseResult given) => new()
    {
        Users = given.GetValue(_users),
        Rate = given.GetValue(_rate),
        Stay = TimeSpan.FromSeconds(given.GetValue(_stay)),
        Warmup = TimeSpan.FromSeconds(given.GetValue(_warmup)),
        Duration = TimeSpan.FromSeconds(given.GetValue(_duration)),
        PayloadBytes = given.GetValue(_payload),
        Saturate = given.GetValue(_saturate),
        Pattern = given.GetValue(_pattern),
        Seed = given.GetValue(_seed),
        Settling = TimeSpan.FromSeconds(given.GetValue(_settling)),
    };
}
