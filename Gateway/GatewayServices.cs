using System.Diagnostics.Metrics;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Connections.Accepting;
using Camdiv.Gateway.Connections.Handover;
using Camdiv.Gateway.Http;
using Camdiv.Gateway.Ice;
using Camdiv.Gateway.Lifecycle;
using Camdiv.Gateway.Sessions;
using Camdiv.Gateway.Storage;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;
using Camdiv.Matchmaking.Embedded;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Camdiv.Gateway;

/// <summary>Registers the gateway and the embedded engine. A cluster node takes the first and brings its own engine.</summary>
public static partial class GatewayServices
{
    // Read once by the runtime, when the process opens its first socket.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const int MostReadAhead = 128 * 1024;

    /// <summary>
    /// Where configuration mistakes are collected; one per service collection. The host refuses to start while it holds
    /// any.
    /// </summary>
    public static ConfigurationReport GetConfigurationReport(this IServiceCollection services)
    {
        if (services.FirstOrDefault(s => s.ServiceType == typeof(ConfigurationReport))?.ImplementationInstance
            is ConfigurationReport report)
        {
            return report;
        }
        report = new ConfigurationReport();
        services.AddSingleton(report);
        services.AddHostedService<ConfigurationGuard>();
        return report;
    }

    /// <summary>
    /// Registers everything behind <see cref="GatewayEndpoints.MapCamdivGateway"/> but the engine: an
    /// <see cref="IMatchmaker"/> must be registered too. Reads the sections <c>Gateway</c>, <c>Ice</c>, <c>Session</c> and
    /// <c>Storage</c>; mistakes go to <see cref="GetConfigurationReport"/>. A registered <see cref="IClientLocator"/> is
    /// asked before the one by UTC offset if it is registered before this call.
    /// </summary>
    public static IServiceCollection AddCamdivGateway(this IServiceCollection services, IConfiguration configuration)
    {
        var report = services.GetConfigurationReport();
        var gateway = report.Read<GatewayOptions>(configuration, GatewayOptions.Section);
        report.Add(GatewayOptions.Section, gateway.Problems());
        var ice = report.Read<IceOptions>(configuration, IceOptions.Section);
        report.Add(IceOptions.Section, ice.Problems());
        var session = report.Read<SessionTokenOptions>(configuration, SessionTokenOptions.Section);
        report.Add(SessionTokenOptions.Section, session.Problems());
        AddStorageOptions(services, configuration, report);

        services.AddSingleton(gateway);
        services.AddSingleton(ConnectionBound.Here(gateway.Limits));
        services.AddSingleton(ice);
        services.AddSingleton(session);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(static provider => new GatewayInstruments(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<ConnectionBound>().Served));
        services.AddSingleton<IZeroedInstruments>(static provider => new GatewayZeroes(
            provider.GetRequiredService<GatewayInstruments>(), provider.GetRequiredService<IceOptions>()));
        services.AddSingleton(CreateTokens);
        services.AddSingleton(new OriginPolicy(gateway.AllowedOrigins, gateway.AllowedHosts));
        var proxies = new TrustedProxies(gateway.TrustedProxies);
        services.AddSingleton(proxies);
        services.AddSingleton(new ClientAddress(proxies, gateway.ForwardedHops));
        services.AddOptions<ForwardedHeadersOptions>()
            .PostConfigure<ClientAddress>(static (options, addresses) => addresses.Configure(options));
        services.AddSingleton(static provider =>
            new AddressPrefixes(provider.GetRequiredService<SessionTokens>().DeriveKey("camdiv.address-prefix.v1")));
        services.AddSingleton<IClientLocator, UtcOffsetLocator>();
        services.AddSingleton<TokenCheck>();
        services.AddSingleton<IceEndpoint>();
        services.AddSingleton<ConnectionServices>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton(static provider => new GatewayLifecycle(
            provider.GetRequiredService<IMatchmaker>(),
            provider.GetRequiredService<ConnectionRegistry>(),
            provider.GetRequiredService<GatewayOptions>().Drain,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GatewayLifecycle>>()));
        services.AddHostedService(static provider => provider.GetRequiredService<GatewayLifecycle>());
        services.AddHostedService<KeepAlive>();
        services.AddCors();
        ConfigureServer(services, gateway);
        return services;
    }

    /// <summary>
    /// Registers the single-process engine with its backup and report file. Reads the sections <c>Matchmaking</c> and
    /// <c>Storage</c>. An <see cref="IReportSink"/> registered before is kept.
    /// </summary>
    public static IServiceCollection AddEmbeddedMatchmaker(this IServiceCollection services, IConfiguration configuration)
    {
        var report = services.GetConfigurationReport();
        var matchmaking = report.Read<MatchmakingOptions>(configuration, "Matchmaking");
        report.Add("Matchmaking", matchmaking.Problems());
        var storage = AddStorageOptions(services, configuration, report);

        services.AddSingleton(matchmaking);
        services.TryAddSingleton(TimeProvider.System);
        services.AddReportFile(configuration);
        services.TryAddSingleton<ITokenBook>(new TokenBook(matchmaking.MaxSessions));
        services.AddSingleton(CreateEngine);
        services.AddSingleton<IMatchmaker>(static provider => provider.GetRequiredService<EmbeddedMatchmaker>());
        services.AddInstruments(static provider => new SessionInstruments(
            provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<EmbeddedMatchmaker>().Host));
        services.AddInstruments(static provider =>
        {
            var engine = provider.GetRequiredService<EmbeddedMatchmaker>();
            return new PairingInstruments(provider.GetRequiredService<IMeterFactory>(), engine.Pairing, engine.ReadPools);
        });
        if (storage.Backup.Enabled)
        {
            services.TryAddSingleton<JournalDisk>();
            services.AddHostedService(static provider => new BackupService(
                provider.GetRequiredService<EmbeddedMatchmaker>(),
                FolderOf(provider),
                provider.GetRequiredService<JournalDisk>(),
                provider.GetRequiredService<StorageOptions>().Backup,
                provider.GetRequiredService<GatewayInstruments>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<BackupService>>()));
        }
        return services;
    }

    /// <summary>
    /// Takes users' reports, and keeps them in files of the data folder unless an <see cref="IReportStore"/> is registered
    /// already; an <see cref="IReportSink"/> registered before is kept. Reads the section <c>Storage</c>.
    /// </summary>
    public static IServiceCollection AddReportFile(this IServiceCollection services, IConfiguration configuration)
    {
        AddStorageOptions(services, configuration, services.GetConfigurationReport());
        services.TryAddSingleton<IReportStore>(static provider => new ReportFile(
            FolderOf(provider),
            provider.GetRequiredService<StorageOptions>().Reports,
            provider.GetRequiredService<GatewayInstruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReportFile>>()));
        services.TryAddSingleton<IReportSink>(static provider => new ReportDesk(
            provider.GetRequiredService<IReportStore>(),
            provider.GetRequiredService<StorageOptions>().Reports,
            provider.GetRequiredService<GatewayInstruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReportDesk>>()));
        return services;
    }

    private static EmbeddedMatchmaker CreateEngine(IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<ILogger<EmbeddedMatchmaker>>();
        return new EmbeddedMatchmaker(
            provider.GetRequiredService<MatchmakingOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IReportSink>())
        {
            EffectFailed = exception => LogEffectFailed(logger, exception),
        };
    }

    private static StorageOptions AddStorageOptions(
        IServiceCollection services, IConfiguration configuration, ConfigurationReport report)
    {
        if (services.FirstOrDefault(s => s.ServiceType == typeof(StorageOptions))?.ImplementationInstance
            is StorageOptions storage)
        {
            return storage;
        }
        storage = report.Read<StorageOptions>(configuration, StorageOptions.Section);
        report.Add(StorageOptions.Section, storage.Problems());
        services.AddSingleton(storage);
        return storage;
    }

    private static SessionTokens CreateTokens(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<SessionTokenOptions>();
        var keys = options.Keys.Select(key => SessionTokenOptions.TryDecode(key, out var bytes) ? bytes : []).ToList();
        if (keys.Count == 0)
        {
            keys.Add(SessionKeyFile.LoadOrCreate(
                FolderOf(provider), provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SessionKeyFile))));
        }
        return new SessionTokens(
            keys,
            TimeSpan.FromSeconds(options.LifetimeSeconds),
            TimeSpan.FromSeconds(options.MaxLifetimeSeconds),
            provider.GetRequiredService<TimeProvider>());
    }

    private static string FolderOf(IServiceProvider provider) => Path.GetFullPath(
        provider.GetRequiredService<StorageOptions>().DataFolder,
        provider.GetRequiredService<IHostEnvironment>().ContentRootPath);

    private static void ConfigureServer(IServiceCollection services, GatewayOptions gateway)
    {
        services.Configure<KestrelServerOptions>(server =>
        {
            server.AddServerHeader = false;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(gateway.RequestHeadersTimeoutMs);
            server.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(gateway.KeepAliveTimeoutMs);
        });
        services.AddSingleton(static provider => new SocketAdmission(
            provider.GetRequiredService<ConnectionBound>(),
            provider.GetRequiredService<GatewayOptions>().Limits,
            provider.GetRequiredService<TrustedProxies>(),
            provider.GetRequiredService<AddressPrefixes>(),
            provider.GetRequiredService<GatewayInstruments>(),
            provider.GetRequiredService<ILogger<SocketAdmission>>()));
        // The last one that is registered is asked first.
        services.AddSingleton<IConnectionListenerFactory, BoundedListenerFactory>();
        // The drain, and a second for the rest: then the process is gone, however clients behave.
        services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromMilliseconds(gateway.Drain.TimeoutMs + 1_000));
        services.Configure<KestrelServerOptions>(static server =>
            server.ConfigureEndpointDefaults(static endpoint => endpoint.Use(TransportHandover.Middleware)));
        // What is read ahead of a connection's reader is memory that a client chooses to fill.
        services.Configure<SocketTransportOptions>(static sockets => sockets.MaxReadBufferSize = MostReadAhead);
        if (gateway.InlineSockets)
        {
            services.Configure<SocketTransportOptions>(static sockets =>
            {
                sockets.UnsafePreferInlineScheduling = true;
                // The loop that reads a socket runs on the thread of many. It goes on only when all it read is looked at, so
                // that whoever looks gives that thread back, too, when it leaves the rest to the thread pool.
                sockets.MaxReadBufferSize = 1;
            });
            if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
            {
                Environment.SetEnvironmentVariable(InlineCompletions, "1");
            }
        }
    }

    [LoggerMessage(1701, LogLevel.Error, "The engine failed to carry out an effect.")]
    private static partial void LogEffectFailed(ILogger logger, Exception exception);
}
