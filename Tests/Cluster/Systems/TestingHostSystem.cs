using Camdiv.Gateway;
using Camdiv.Grains;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Hosting;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>
/// Orleans' in-process test cluster with this product's own composition in every silo, and a real gateway on Kestrel,
/// port 0, before each.
/// </summary>
public sealed class TestingHostSystem : ISystemUnderTest
{
    private readonly FakeLogCollector _log = new();
    private readonly List<TemporaryFolder> _folders = [];
    private readonly List<GatewayFront> _fronts = [];
    private readonly InProcessTestCluster _cluster;
    private readonly IReadOnlyList<TimeProvider>? _clocks;

    private TestingHostSystem(short silos, SystemSettings settings, IReadOnlyList<TimeProvider>? clocks)
    {
        _clocks = clocks;
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((silo, host) => Compose(silo, host, settings));
        builder.ConfigureClient(client => client.Services.AddCamdivMessages());
        _cluster = Build(builder);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways => [.. _fronts.Select(front => front.Address)];

    /// <inheritdoc/>
    public string Output => _log.Text();

    /// <summary>The cluster underneath.</summary>
    public InProcessTestCluster Cluster => _cluster;

    /// <summary>Starts the cluster and its gateways.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="settings">The settings of each.</param>
    /// <param name="clocks">The clock of each silo, in the order of <see cref="Gateways"/>; the machine's when null.</param>
    public static async Task<TestingHostSystem> StartAsync(
        short silos, SystemSettings settings, IReadOnlyList<TimeProvider>? clocks = null)
    {
        var system = new TestingHostSystem(silos, settings, clocks);
        try
        {
            await system._cluster.DeployAsync();
            // An engine that has just started may still refuse: what a client would retry, a test need not see.
            await Until.TrueAsync(
                () => system._fronts.Count == silos && system._fronts.TrueForAll(front => front.IsReady),
                "every gateway is ready");
            return system;
        }
        catch
        {
            await system.StopAsync();
            throw;
        }
    }

    /// <summary>Stops the cluster and insists that it logged no error.</summary>
    public async ValueTask DisposeAsync()
    {
        var errors = _log.Lines(LogLevel.Error);
        await StopAsync();
        // Silos that stop one after the other tell of calls that the stopped ones no longer take; only our own words count.
        errors = [.. errors, .. _log.Lines(LogLevel.Error).Skip(errors.Count).Where(error => error.StartsWith("Error Camdiv", StringComparison.Ordinal))];
        Assert.True(errors.Count == 0, "The cluster logged errors:\n" + string.Join('\n', errors));
    }

    // The builder insists on free ports although its silos talk in memory, and on a busy machine may find none at first.
    private static InProcessTestCluster Build(InProcessTestClusterBuilder builder)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return builder.Build();
            }
            catch (InvalidOperationException) when (attempt < 20)
            {
            }
        }
    }

    private async Task StopAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        foreach (var folder in _folders)
        {
            folder.Dispose();
        }
    }

    private void Compose(InProcessTestSiloSpecificOptions silo, IHostApplicationBuilder host, SystemSettings settings)
    {
        var folder = new TemporaryFolder();
        host.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:DataFolder"] = folder.Path,
            ["Gateway:WebRoot"] = Path.Combine(Repository.Root, "Gateway", "wwwroot"),
            // Of the whole test process, so left as the other tests need it.
            ["Gateway:InlineSockets"] = "false",
            ["Session:Keys:0"] = Convert.ToBase64String(new byte[64]),
            [Keys.PerAddress] = "1000",
        });
        host.Configuration.AddInMemoryCollection(settings.Values.Select(p => KeyValuePair.Create(p.Key, (string?)p.Value)));
        host.Logging.AddProvider(new FakeLoggerProvider(_log));
        host.Logging.AddFilter("Orleans", LogLevel.Warning);
        // As a node's own defaults have it: who could not be reached is told by whoever called.
        host.Logging.AddFilter("Orleans.Messaging", LogLevel.Critical);
        host.Logging.AddFilter("Polly", LogLevel.Error);

        var report = host.Services.GetConfigurationReport();
        var node = SiloSettings.Read(host.Configuration, report);
        var front = new GatewayFront(host.Configuration, _log);
        lock (_fronts)
        {
            if (_clocks is not null)
            {
                host.Services.AddSingleton(_clocks[_fronts.Count]);
            }
            _folders.Add(folder);
            _fronts.Add(front);
        }
        host.Services.AddCamdivNode(node, host.Configuration);
        host.Services.AddMetrics();
        host.Services.AddSingleton<Camdiv.Gateway.Telemetry.GatewayInstruments>();
        host.Services.AddSingleton<IGatewayDrain>(front);
        host.UseOrleans(orleans => orleans
            .AddCamdivRoles(node.Node, redis: null)
            .Services.PostConfigure<SiloOptions>(options => options.SiloName = "silo-" + silo.SiloName));
        // Registered after the silo, so that browsers come when it is there and go before it does.
        host.Services.AddSingleton<IHostedService>(services =>
        {
            front.Services = services;
            return front;
        });
        report.ThrowIfAny();
    }
}
