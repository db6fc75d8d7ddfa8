namespace Camdiv.Tests.Kit.Processes;

/// <summary>A cluster of real processes and a real Redis, all on loopback.</summary>
public sealed class RealCluster : ISystemUnderTest
{
    private readonly List<ClusterNode> _nodes = [];

    private RealCluster(RedisServer redis) => Redis = redis;

    /// <summary>Where the nodes meet.</summary>
    public RedisServer Redis { get; }

    /// <summary>All nodes, matchmakers first.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>Nodes that host queues.</summary>
    public IReadOnlyList<ClusterNode> Matchmakers => [.. _nodes.Where(node => !node.IsGateway)];

    /// <summary>Nodes that serve browsers.</summary>
    public IReadOnlyList<ClusterNode> GatewayNodes => [.. _nodes.Where(node => node.IsGateway)];

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways => [.. GatewayNodes.Select(node => node.Address)];

    /// <inheritdoc/>
    public string Output => string.Join('\n', _nodes.Select(node => $"--- {node.Name}\n{node.Output}"));

    /// <summary>Error lines of all nodes' logs.</summary>
    public IEnumerable<string> Errors =>
        _nodes.SelectMany(node => NodeLog.Errors(node.Output), (node, entry) => $"{node.Name}: {entry}");

    /// <summary>Starts all nodes at once and awaits that every one is ready.</summary>
    public static async Task<RealCluster> StartAsync(SystemSettings settings, int matchmakers = 2, int gateways = 2)
    {
        var cluster = new RealCluster(await RedisServer.StartAsync("of-the-tests"));
        try
        {
            for (var i = 1; i <= matchmakers; i++)
            {
                cluster._nodes.Add(new ClusterNode("matchmaker", $"{i}", cluster.Redis, settings));
            }
            for (var i = 1; i <= gateways; i++)
            {
                cluster._nodes.Add(new ClusterNode("gateway", $"{i}", cluster.Redis, settings));
            }
            cluster._nodes.ForEach(node => node.Launch());
            await Task.WhenAll(cluster._nodes.Select(node => node.ReadyAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
        await Redis.DisposeAsync();
    }
}
