using Camdiv.Grains;
using Camdiv.Matchmaking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Camdiv.Tests.Load.Cluster;

/// <summary>
/// An Orleans cluster in this process: matchmaker silos and gateway silos, whose messages are serialized in full and cross
/// a transport in memory.
/// </summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private BenchCluster(InProcessTestCluster cluster, ClusterMatchmaker[] gateways)
    {
        _cluster = cluster;
        Gateways = gateways;
    }

    public ClusterMatchmaker[] Gateways { get; }

    /// <summary>Starts a cluster; with no matchmaker silo of its own every gateway is one too.</summary>
    public static async Task<BenchCluster> StartAsync(int matchmakers, int gateways)
    {
        var builder = new InProcessTestClusterBuilder((short)(matchmakers + gateways));
        var number = 0;
        builder.ConfigureSilo((options, silo) =>
        {
            var mine = Interlocked.Increment(ref number);
            var isMatchmaker = mine <= matchmakers;
            options.SiloName = isMatchmaker ? $"{SiloRoles.MatchmakerPrefix}{mine}"
                : matchmakers == 0 ? $"{SiloRoles.BothPrefix}{mine}"
                : $"{SiloRoles.GatewayPrefix}{mine}";
            silo.AddMemoryGrainStorage(CamdivStorage.Name);
            silo.Configure<Orleans.Configuration.SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
            silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
            silo.Services.AddOptions<MatchmakingOptions>();
            silo.Services.AddOptions<ClusterOptions>();
            silo.AddCamdivGrains();
            if (!isMatchmaker)
            {
                silo.Services.AddSingleton<IReportSink, NoReports>();
                silo.Services.AddSingleton<IGatewayDrain, NoDrain>();
                silo.AddCamdivGatewayEngine();
                if (matchmakers > 0)
                {
                    silo.RemoveMatchmakerGrains();
                }
            }
        });
        builder.ConfigureClient(client => client.Services.AddCamdivMessages());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        await cluster.WaitForLivenessToStabilizeAsync();
        var engines = cluster.Silos
            .Select(silo => silo.ServiceProvider.GetService<ClusterMatchmaker>())
            .OfType<ClusterMatchmaker>()
            .ToArray();
        return new BenchCluster(cluster, engines);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private sealed class NoReports : IReportSink
    {
        public ValueTask WriteAsync(Report report, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class NoDrain : IGatewayDrain
    {
        public bool IsDraining => false;

        public void Begin()
        {
        }
    }
}
