using System.Diagnostics.Metrics;
using Camdiv.Gateway;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Telemetry;
using Camdiv.Grains;
using Camdiv.Matchmaking;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Silo.Reports;
using Camdiv.Silo.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Camdiv.Silo.Hosting;

/// <summary>Registers what a node needs outside Orleans.</summary>
public static class NodeServices
{
    /// <summary>
    /// Registers the sections <c>Matchmaking</c> and <c>Cluster</c> for the engine, the node's instruments, and what the
    /// gateway role needs besides the gateway itself. Mistakes go to the configuration report.
    /// </summary>
    public static IServiceCollection AddCamdivNode(
        this IServiceCollection services, SiloSettings settings, IConfiguration configuration)
    {
        var report = services.GetConfigurationReport();
        var rules = report.Read<MatchmakingOptions>(configuration, "Matchmaking");
        report.Add("Matchmaking", rules.Problems());
        var cluster = report.Read<ClusterOptions>(configuration, "Cluster");
        report.Add("Cluster", cluster.Problems());

        services.AddSingleton(Options.Create(rules));
        services.AddSingleton(Options.Create(cluster));
        services.AddSingleton(settings.Node);
        services.AddSingleton(settings.GeoIp);
        services.AddSingleton(settings.Reports);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<SiloInstruments>();
        services.AddSingleton<AdminSessions>();
        services.AddSingleton<IOperators>(static provider => provider.GetRequiredService<AdminSessions>());
        services.AddSingleton<IZeroedInstruments>(static provider =>
            new ZeroedInstruments(provider.GetRequiredService<SiloInstruments>().Zero));
        services.AddSingleton<IZeroedInstruments>(static provider =>
            new ZeroedInstruments(provider.GetRequiredService<ClusterInstruments>().Zero));
        if (settings.Node.IsGateway)
        {
            services.AddInstruments(static provider => new SessionInstruments(
                provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<ClusterMatchmaker>().Host));
            services.AddSingleton<IGatewayDrain, GatewayDrain>();
            AddReports(services, settings, configuration);
        }
        return services;
    }

    private static void AddReports(IServiceCollection services, SiloSettings settings, IConfiguration configuration)
    {
        if (settings.Redis.IsConfigured)
        {
            services.AddSingleton<RedisReportSink>();
            services.AddSingleton<IReportStore>(static provider => provider.GetRequiredService<RedisReportSink>());
            services.AddHostedService(static provider => provider.GetRequiredService<RedisReportSink>());
        }
        services.AddReportFile(configuration);
    }
}
