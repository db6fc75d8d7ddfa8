using Camdiv.Gateway;
using Camdiv.Gateway.Configuration;
using Camdiv.Grains;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Silo.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Camdiv.Silo.Commands;

/// <summary>Connects to a running cluster as an Orleans client, for one question.</summary>
internal static class AdminClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Connects, asks and disconnects; says on <paramref name="error"/> why it could not.</summary>
    /// <returns>What <paramref name="ask"/> returns, or the exit code of a failure.</returns>
    public static async Task<int> RunAsync(
        string[] args, Func<IClusterAdminGrain, Task<int>> ask, TextWriter error, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        RedisLink? redis = null;
        AdminKnock? knock = null;
        try
        {
            var builder = Host.CreateApplicationBuilder(args);
            builder.Logging.ClearProviders();
            var report = new ConfigurationReport();
            var settings = SiloSettings.ReadForClient(builder.Configuration, report);
            var root = builder.Environment.ContentRootPath;
            var (certificates, problems) = NodeCertificates.Read(settings.Node.Tls, root, CertificateUse.Client, TimeProvider.System);
            report.Add($"{NodeOptions.Section}:{nameof(NodeOptions.Tls)}", problems);
            report.Add(RedisOptions.Section, settings.Redis.FileProblems(root));
            report.ThrowIfAny();
            redis = await ConnectAsync(settings.Redis, root, limit.Token);
            var knocking = knock = new AdminKnock(AdminKnock.Self, settings.Node.AdminKeyBytes(), certificates is not null, TimeProvider.System);
            builder.UseOrleansClient(client => Configure(client, settings, redis).UseCamdivDoors(knocking, certificates));
            using var host = builder.Build();
            await host.StartAsync(limit.Token);
            try
            {
                RequestContext.Set(AdminTicket.Key, knock.Ticket);
                var admin = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IClusterAdminGrain>(0);
                return await ask(admin);
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        }
        catch (ConfigurationMistakesException mistakes)
        {
            await error.WriteLineAsync(mistakes.Message);
            return GatewayHost.ExitBadConfiguration;
        }
        catch (Exception exception) when (knock?.Refusal is not null && (IsUnreachable(exception) || exception is ConnectionAbortedException))
        {
            await error.WriteLineAsync($"The cluster refuses the command: {knock.Refusal}");
            return CommandLine.ExitRefused;
        }
        catch (UnauthorizedAccessException exception)
        {
            await error.WriteLineAsync($"The cluster refuses the command: {exception.Message}");
            return CommandLine.ExitRefused;
        }
        catch (Exception exception) when (IsUnreachable(exception))
        {
            await error.WriteLineAsync($"The cluster does not answer: {Explain(exception)}");
            return CommandLine.ExitUnreachable;
        }
        finally
        {
            if (redis is not null)
            {
                await redis.DisposeAsync();
            }
        }
    }

    private static async Task<RedisLink?> ConnectAsync(RedisOptions options, string root, CancellationToken cancellation)
    {
        if (!options.IsConfigured)
        {
            return null;
        }
        var once = new RedisOptions
        {
            ConnectionString = options.ConnectionString,
            Authority = options.Authority,
            StartTimeoutMs = 0,
        };
        return await RedisLink.ConnectAsync(once, root, TimeProvider.System, NullLogger.Instance, cancellation);
    }

    private static IClientBuilder Configure(IClientBuilder client, SiloSettings settings, RedisLink? redis)
    {
        var node = settings.Node;
        client.Services.AddCamdivMessages();
        if (redis is null)
        {
            client.UseLocalhostClustering(node.GatewayPort ?? NodeOptions.DefaultGatewayPort, node.ServiceId, node.ClusterId);
        }
        else
        {
            client.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
            {
                cluster.ClusterId = node.ClusterId;
                cluster.ServiceId = node.ServiceId;
            });
            client.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = redis.Options;
                options.CreateMultiplexer = _ => Task.FromResult((redis.Multiplexer, true));
            });
        }
        // One try per address: who asks at a terminal wants the answer that there is none.
        client.UseConnectionRetryFilter((_, _) => Task.FromResult(false));
        return client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = Patience);
    }

    private static bool IsUnreachable(Exception exception) => exception
        is RedisUnavailableException or RedisException or TimeoutException or OperationCanceledException
        or OrleansException or Orleans.Runtime.Messaging.ConnectionFailedException or System.Net.Sockets.SocketException;

    private static string Explain(Exception exception) => exception switch
    {
        RedisUnavailableException => exception.Message,
        OperationCanceledException or TimeoutException => FormattableString.Invariant($"no answer within {Patience.TotalSeconds:f0} s."),
        _ => exception.Message.ReplaceLineEndings(" "),
    };
}
