using System.Net;
using Camdiv.Grains;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Camdiv.Silo.Hosting;

/// <summary>Puts a node's settings into Orleans.</summary>
public static class ClusterSetup
{
    /// <summary>Name, endpoints, and where and how the node meets the others.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="settings">Valid settings.</param>
    /// <param name="redis">The cluster's Redis; null: a cluster of one on loopback.</param>
    /// <param name="address">Where the other nodes reach this one.</param>
    internal static ISiloBuilder UseCamdivCluster(
        this ISiloBuilder silo, SiloSettings settings, RedisLink? redis, IPAddress address)
    {
        var node = settings.Node;
        if (redis is null)
        {
            silo.UseLocalhostClustering(
                node.SiloPort, node.EffectiveGatewayPort, serviceId: node.ServiceId, clusterId: node.ClusterId);
        }
        else
        {
            silo.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
            {
                cluster.ClusterId = node.ClusterId;
                cluster.ServiceId = node.ServiceId;
            });
            silo.ConfigureEndpoints(address, node.SiloPort, node.EffectiveGatewayPort, node.ListenOnAnyAddress);
            silo.UseRedisClustering(options =>
            {
                options.ConfigurationOptions = redis.Options;
                options.CreateMultiplexer = _ => Task.FromResult((redis.Multiplexer, true));
            });
        }
        return silo
            .Configure<SiloOptions>(options => options.SiloName = node.SiloName)
            .Configure<ClusterMembershipOptions>(options => Apply(node.Membership, options));
    }

    /// <summary>Storage, engine parts and grain classes by role.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="node">Valid settings.</param>
    /// <param name="redis">Where grains keep their copies; null: in memory.</param>
    /// <param name="keep">How long a copy in Redis outlives its last change; null: for ever.</param>
    public static ISiloBuilder AddCamdivRoles(
        this ISiloBuilder silo, NodeOptions node, RedisLink? redis, TimeSpan? keep = null)
    {
        // The grain directory stays Orleans' own, in the silos' memory. It loses up to two thirds of its entries when a
        // silo goes, but queues and directory are rebuilt from the gateways and tolerate doubles; a directory in Redis
        // would stop matching when Redis is away, and the distributed one hung for 22 s after a kill -9.
        AddStorage(silo, redis, keep);
        silo.AddCamdivGrains();
        if (!node.IsMatchmaker)
        {
            silo.RemoveMatchmakerGrains();
        }
        if (node.IsGateway)
        {
            silo.AddCamdivGatewayEngine();
        }
        if (node.Dashboard)
        {
            silo.AddDashboard();
        }
        return silo;
    }

    private static void AddStorage(ISiloBuilder silo, RedisLink? redis, TimeSpan? keep)
    {
        if (redis is null)
        {
            silo.AddMemoryGrainStorage(CamdivStorage.Name);
            return;
        }
        silo.AddRedisGrainStorage(CamdivStorage.Name, options =>
        {
            options.ConfigurationOptions = redis.Options;
            options.CreateMultiplexer = _ => Task.FromResult((redis.Multiplexer, true));
            // What is kept of a user is of no use once the identity has ended.
            options.EntryExpiry = keep;
        });
    }

    private static void Apply(MembershipOptions from, ClusterMembershipOptions to)
    {
        to.ProbeTimeout = Ms(from.ProbeTimeoutMs);
        to.MaxProbeTimeout = Ms(from.MaxProbeTimeoutMs);
        to.NumMissedProbesLimit = from.MissedProbes;
        to.NumVotesForDeathDeclaration = from.Votes;
        to.IAmAliveTablePublishTimeout = Ms(from.SignOfLifeMs);
        to.NumMissedTableIAmAliveLimit = (from.StaleAfterMs + from.SignOfLifeMs - 1) / from.SignOfLifeMs;
        to.TableRefreshTimeout = Ms(from.RefreshMs);
        to.MaxJoinAttemptTime = Ms(from.JoinTimeoutMs);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
