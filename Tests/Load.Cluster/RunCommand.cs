using System.CommandLine;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Load.Commands;
using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;
using Spectre.Console;

namespace Camdiv.Tests.Load.Cluster;

/// <summary>
/// <c>run</c>: a scenario of the load tester, by real WebSockets, against a cluster started for it: real processes with a real
/// Redis, whose nodes may be killed meanwhile, or Orleans' test cluster in this process.
/// </summary>
internal static class RunCommand
{
    private static readonly Option<int> Silos = new("--silos")
    {
        Description = "Silos with both roles in this process, instead of processes of their own.",
    };

    private static readonly Option<int> Matchmakers = new("--matchmakers")
    {
        Description = "Matchmaker processes.",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<int> Gateways = new("--gateways") { Description = "Gateway processes.", DefaultValueFactory = _ => 2 };
    private static readonly Option<double> KillEvery = new("--kill-every")
    {
        Description = "Seconds between two kills, each of the next process in turn, with SIGKILL; it is started again. 0: none.",
    };

    public static Command Create()
    {
        var command = new Command("run", "Runs a scenario by real WebSockets against a cluster and judges what its clients saw.")
        {
            Silos, Matchmakers, Gateways, KillEvery,
        };
        var options = new RunOptions(command);
        command.SetAction((given, cancellation) => RunAsync(options, given, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, ParseResult given, CancellationToken cancellation)
    {
        if (!Scenario.All.TryGetValue(options.Scenario(given), out var create))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]No scenario {options.Scenario(given)}.[/]");
            return 2;
        }
        // All virtual users come from one address and talk faster than people; those limits are not what is measured.
        var settings = SystemSettings.Default
            .With(Keys.FrameRate, 100_000)
            .With(Keys.Burst, 1_000_000)
            .With(Keys.ByteRate, 1_000_000_000)
            .With(Keys.ByteBurst, 1_000_000_000)
            .With(Keys.Handshakes, 1_000_000)
            .With("Gateway:Limits:ConnectionsPerAddress", 1_000_000)
            .With("Gateway:Limits:PendingPerAddress", 1_000_000);
        var meter = new ServerMeter();
        await using var system = await StartAsync(given, settings, meter);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var kills = system is RealCluster cluster && given.GetValue(KillEvery) > 0
            ? KillAsync(cluster, meter, TimeSpan.FromSeconds(given.GetValue(KillEvery)), stop.Token)
            : Task.FromResult(0);
        using var loop = new LoadLoop();
        var driver = new CamdivDriver(loop, [.. system.Gateways.Select(address => new Endpoint(address))], "cluster");
        var result = await Commands.Progress.ShowAsync(progress =>
            new LoadRunner(loop, driver, meter, progress).RunAsync(create(), options.Read(given), cancellation));
        await stop.CancelAsync();
        AnsiConsole.WriteLine($"processes killed: {await kills}");
        if (result.Invariants.Total > 0)
        {
            // Why is in the servers' words, if anywhere.
            Console.WriteLine(system.Output);
        }
        return await options.ReportAsync(given, result);
    }

    private static async Task<ISystemUnderTest> StartAsync(ParseResult given, SystemSettings settings, ServerMeter meter)
    {
        if (given.GetValue(Silos) is > 0 and var silos)
        {
            // The tester's own thread is in this process as well, and so in its figures.
            meter.Watch("this process", Environment.ProcessId);
            return await TestingHostSystem.StartAsync((short)silos, settings);
        }
        var cluster = await RealCluster.StartAsync(settings, given.GetValue(Matchmakers), given.GetValue(Gateways));
        foreach (var node in cluster.Nodes)
        {
            meter.Watch(node.Name, node.Process.Id);
        }
        return cluster;
    }

    private static async Task<int> KillAsync(RealCluster cluster, ServerMeter meter, TimeSpan every, CancellationToken stop)
    {
        var killed = 0;
        using var timer = new PeriodicTimer(every, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                // Gateways and matchmakers in turns, the first of each list first.
                var half = killed / 2;
                var nodes = killed % 2 == 0 ? cluster.GatewayNodes : cluster.Matchmakers;
                var node = nodes[half % nodes.Count];
                Console.WriteLine($"killing {node.Name}");
                await node.Process.KillAsync();
                killed++;
                await node.RestartAsync();
                meter.Watch(node.Name, node.Process.Id);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        return killed;
    }
}
