using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;

namespace Camdiv.Tests.Load.Commands;

/// <summary>One server for a whole comparison, and how it is driven.</summary>
internal sealed class Contender : IAsyncDisposable
{
    private readonly ServerKind _kind;
    private readonly LocalServer _server;
    private readonly string[] _settings;
    private readonly List<RunResult> _runs;
    private readonly CancellationToken _cancellation;
    private readonly LoadLoop _loop = new();
    private readonly Endpoint _endpoint;

    private Contender(ServerKind kind, LocalServer server, string[] settings, List<RunResult> runs, CancellationToken cancellation)
    {
        (_kind, _server, _settings, _runs, _cancellation) = (kind, server, settings, runs, cancellation);
        _endpoint = new Endpoint(server.Address);
        Name = kind.ToString().ToLowerInvariant();
        Driver = kind.Driver(_loop, [_endpoint]);
    }

    /// <summary>What tables call it.</summary>
    public string Name { get; }

    /// <summary>Whether it can only relay.</summary>
    public bool RelayOnly => _kind == ServerKind.Limit;

    /// <summary>How it is driven unless a run says otherwise.</summary>
    public ILoadDriver Driver { get; }

    /// <summary>The baseline driven with bare strings.</summary>
    public ILoadDriver Bare => new SocketIoDriver(_loop, _endpoint, bare: true);

    /// <summary>Starts a server and takes it past its compilation, which is nobody's figure.</summary>
    public static async Task<Contender> StartAsync(
        ServerKind kind, string[] settings, List<RunResult> runs, CancellationToken cancellation)
    {
        var server = await LocalServer.StartAsync(kind, settings);
        var contender = new Contender(kind, server, settings, runs, cancellation);
        var options = new LoadOptions { Saturate = true, Duration = TimeSpan.FromSeconds(5) };
        foreach (var scenario in contender.RelayOnly ? new[] { "relay" } : ["relay", "signaling", "steady"])
        {
            await contender.RunAsync(scenario, options, "warming up", keep: false);
        }
        return contender;
    }

    /// <summary>Runs a scenario against it.</summary>
    public async Task<RunResult> RunAsync(string scenario, LoadOptions options, string title, bool keep = true, ILoadDriver? driver = null)
    {
        var result = await Progress.ShowAsync(
            progress => new LoadRunner(_loop, driver ?? Driver, ServerMeter.Of(_server.ProcessId), progress)
                .RunAsync(Scenario.All[scenario](), options, _cancellation),
            $"{title}, {Name}, {scenario}{(options.Saturate ? " saturated" : "")}");
        if (keep)
        {
            _runs.Add(result);
        }
        return result;
    }

    /// <summary>
    /// Memory of an idle connection, of a process of its own: one that worked hard before has memory to spare and shows none
    /// of the cost.
    /// </summary>
    public async Task<double?> MemoryAsync(int connections)
    {
        await using var fresh = await LocalServer.StartAsync(_kind, _settings);
        var driver = _kind.Driver(_loop, [new Endpoint(fresh.Address)]);
        return await MemoryProbe.MeasureAsync(_loop, driver, fresh.ProcessId, connections, _cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _server.DisposeAsync();
    }
}
