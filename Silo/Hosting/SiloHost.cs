using Camdiv.Gateway;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Ice;
using Camdiv.Gateway.Telemetry;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Geo;
using Camdiv.Silo.Redis;
using Camdiv.Silo.Security;
using Microsoft.Extensions.Configuration.Memory;

namespace Camdiv.Silo.Hosting;

/// <summary>Builds a cluster node: the gateway's host on the cluster engine, or a node without browsers.</summary>
public static class SiloHost
{
    /// <summary>Builds the node. With Redis configured it connects first and waits for it within bounds.</summary>
    /// <param name="args">Command line, such as <c>--Silo:Roles:0=gateway</c> or <c>--urls</c>.</param>
    /// <param name="configure">Adds configuration or replaces services, before anything is read or registered.</param>
    /// <param name="cancellation">Gives up waiting for Redis.</param>
    /// <exception cref="ConfigurationMistakesException">The configuration has mistakes; all are listed.</exception>
    /// <exception cref="RedisUnavailableException">Redis did not answer in time.</exception>
    public static async Task<WebApplication> BuildAsync(
        string[] args, Action<WebApplicationBuilder>? configure = null, CancellationToken cancellation = default)
    {
        var builder = GatewayHost.CreateBuilder(args);
        AddDefaults(builder);
        configure?.Invoke(builder);
        var report = builder.Services.GetConfigurationReport();
        var settings = SiloSettings.Read(builder.Configuration, report);
        builder.Services.AddCamdivNode(settings, builder.Configuration);
        if (settings.Node.IsGateway)
        {
            AddGateway(builder, settings);
        }
        var address = NodeAddress.Find(settings, report);
        PlaintextRule.Check(settings, address, report);
        var certificates = ReadCertificates(builder, settings, report);
        report.ThrowIfAny();
        var signals = builder.AddCamdivTelemetry(new TelemetryIdentity("camdiv", settings.Node.SiloName, RoleWord(settings.Node)));

        var redis = settings.Redis.IsConfigured
            ? await ConnectAsync(settings.Redis, builder, cancellation).ConfigureAwait(false)
            : null;
        try
        {
            if (redis is not null)
            {
                await AddRedisAsync(builder, settings, redis).ConfigureAwait(false);
            }
            OpsEndpoint.Listen(builder, settings.Node);
            builder.UseOrleans(silo =>
            {
                silo.UseCamdivCluster(settings, redis, address)
                    .UseCamdivDoors(settings.Node, certificates)
                    .AddCamdivRoles(settings.Node, redis, KeepUsers(builder.Configuration));
                if (signals.Traces)
                {
                    // Carries a match's trace to the gateways. Only then: it puts a filter into every grain call.
                    silo.AddActivityPropagation();
                }
            });
            SetGrace(builder.Services, settings.Node);
            return Map(builder.Build(), settings.Node);
        }
        catch when (redis is not null)
        {
            await redis.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // A day more than an identity may live. Nodes that serve no browsers host some of the users' grains, too.
    private static TimeSpan KeepUsers(IConfiguration configuration)
    {
        var session = configuration.GetSection(SessionTokenOptions.Section);
        var seconds = session.GetValue<int?>(nameof(SessionTokenOptions.MaxLifetimeSeconds))
            ?? new SessionTokenOptions().MaxLifetimeSeconds;
        return TimeSpan.FromSeconds(seconds) + TimeSpan.FromDays(1);
    }

    private static void AddDefaults(WebApplicationBuilder builder) =>
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            // What an operator must know of Orleans comes as a warning; its notes on garbage collection, and a watchdog that
            // measures its first interval from the machine's start, are nothing to act on.
            InitialData =
            [
                new("Logging:LogLevel:Orleans", nameof(LogLevel.Warning)),
                new("Logging:LogLevel:Orleans.Runtime.Silo", nameof(LogLevel.Error)),
                new("Logging:LogLevel:Orleans.Runtime.Watchdog", nameof(LogLevel.Error)),
                // A call that cannot be delivered fails at its caller, which tells of it in its own words, and a join whose
                // first try found another node starting ends in success or in the node's failure.
                new("Logging:LogLevel:Orleans.Messaging", nameof(LogLevel.Critical)),
                new("Logging:LogLevel:Orleans.Runtime.CallbackData", nameof(LogLevel.Error)),
                new("Logging:LogLevel:Orleans.Runtime.MembershipService.MembershipAgent", nameof(LogLevel.Critical)),
                // Of every try to place a grain, two lines; what cannot be placed after all of them is an error.
                new("Logging:LogLevel:Polly", nameof(LogLevel.Error)),
                new("Logging:LogLevel:Camdiv.Grains.GatewayService", nameof(LogLevel.Warning)),
                // Who was refused at a port is counted, and told in a bounded way, by the port's own guard.
                new("Logging:LogLevel:Orleans.Connections.Security", nameof(LogLevel.Critical)),
            ],
        });

    private static void AddGateway(WebApplicationBuilder builder, SiloSettings settings)
    {
        if (settings.GeoIp.DatabasePath.Length > 0)
        {
            // Before the gateway's own locator, which is asked last.
            builder.Services.AddSingleton<GeoIpLocator>();
            builder.Services.AddSingleton<IClientLocator>(static services => services.GetRequiredService<GeoIpLocator>());
            builder.Services.AddHostedService(static services => services.GetRequiredService<GeoIpLocator>());
        }
        builder.Services.AddCamdivGateway(builder.Configuration);
    }

    private static NodeCertificates? ReadCertificates(
        WebApplicationBuilder builder, SiloSettings settings, ConfigurationReport report)
    {
        var root = builder.Environment.ContentRootPath;
        var (certificates, problems) = NodeCertificates.Read(settings.Node.Tls, root, CertificateUse.Node, TimeProvider.System);
        report.Add($"{NodeOptions.Section}:{nameof(NodeOptions.Tls)}", problems);
        report.Add(RedisOptions.Section, settings.Redis.FileProblems(root));
        if (certificates is not null)
        {
            builder.Services.AddSingleton<IHostedService>(services =>
                certificates.LogTo(services.GetRequiredService<ILogger<NodeCertificates>>()));
        }
        return certificates;
    }

    // The wait must be visible, and the host that logs is not built yet.
    private static async Task<RedisLink> ConnectAsync(
        RedisOptions options, WebApplicationBuilder builder, CancellationToken cancellation)
    {
        var loggers = LoggerFactory.Create(logging =>
            logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
        return await RedisLink.ConnectAsync(
            options, builder.Environment.ContentRootPath, TimeProvider.System, loggers.CreateLogger<RedisLink>(), cancellation)
            .ConfigureAwait(false);
    }

    private static async Task AddRedisAsync(WebApplicationBuilder builder, SiloSettings settings, RedisLink redis)
    {
        // By a factory, so that the container closes the connection, after everything that uses it.
        builder.Services.AddSingleton(_ => redis);
        if (settings.Node.IsGateway
            && builder.Services.GetInstance<SessionTokenOptions>() is { Keys.Length: 0 } session)
        {
            session.Keys = [await SharedSessionKey.GetOrCreateAsync(redis, settings.Node.ServiceId).ConfigureAwait(false)];
        }
    }

    private static string RoleWord(NodeOptions node) => node.RoleSet switch
    {
        NodeRoles.Matchmaker => "matchmaker",
        NodeRoles.Gateway => "gateway",
        _ => "both",
    };

    // After the gateway's own: on a node the silo must leave the membership, too.
    private static void SetGrace(IServiceCollection services, NodeOptions node) =>
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(node.ShutdownTimeoutMs));

    private static WebApplication Map(WebApplication app, NodeOptions node)
    {
        _ = app.Services.GetService<RedisLink>();
        OpsEndpoint.Map(app, node);
        return node.IsGateway ? app.MapCamdivGateway() : app;
    }
}
