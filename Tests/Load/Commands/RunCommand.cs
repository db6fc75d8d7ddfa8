using System.CommandLine;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary><c>run</c>: one scenario against one server.</summary>
internal static class RunCommand
{
    private static readonly Option<Uri[]> Urls = new("--url")
    {
        Description = "The server's address; may be repeated for a cluster's gateways. Without it a server is started.",
        DefaultValueFactory = _ => [],
        CustomParser = given =>
        {
            var urls = given.Tokens.Select(token => Uri.TryCreate(token.Value, UriKind.Absolute, out var url) ? url : null).ToList();
            if (urls.Contains(null))
            {
                given.AddError($"Not an address: {string.Join(", ", given.Tokens.Select(token => token.Value))}; http://HOST:PORT is.");
            }
            return [.. urls.OfType<Uri>()];
        },
    };

    private static readonly Option<int[]> ServerPids = new("--server-pid")
    {
        Description = "Its process id, to read CPU and memory; may be repeated.",
        DefaultValueFactory = _ => [],
    };

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

    private static readonly Option<int> PerSource = new("--per-source")
    {
        Description = "Connections for each source address 127.0.0.x.",
        DefaultValueFactory = _ => 25_000,
    };

    public static Command Create()
    {
        var command = new Command("run", "Runs a scenario against a server and judges what its clients saw.")
        {
            Urls, ServerPids, Kind, Settings, PerSource,
        };
        var options = new RunOptions(command);
        command.SetAction((given, cancellation) => RunAsync(options, given, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, ParseResult given, CancellationToken cancellation)
    {
        var name = options.Scenario(given);
        var kind = given.GetValue(Kind);
        if (!Scenario.All.TryGetValue(name, out var create) || (kind == ServerKind.Limit && !create().RelayOnly))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]No scenario {name} for {kind}.[/]");
            return 2;
        }
        var urls = given.GetValue(Urls)!;
        await using var server = urls.Length == 0 ? await LocalServer.StartAsync(kind, given.GetValue(Settings)!) : null;
        var meter = ServerMeter.Of(server?.ProcessId);
        foreach (var process in given.GetValue(ServerPids)!)
        {
            meter.Watch($"process {process}", process);
        }
        var endpoints = (server is null ? urls : [server.Address])
            .Select(url => new Endpoint(url) { ConnectionsPerSource = given.GetValue(PerSource) })
            .ToList();
        using var loop = new LoadLoop();
        var result = await Progress.ShowAsync(progress =>
            new LoadRunner(loop, kind.Driver(loop, endpoints), meter, progress).RunAsync(create(), options.Read(given), cancellation));
        return await options.ReportAsync(given, result);
    }
}
