using Camdiv.Gateway.Configuration;

namespace Camdiv.Silo.Configuration;

/// <summary>All sections that a node reads besides the gateway's and the engine's.</summary>
/// <param name="Node">Section <c>Silo</c>.</param>
/// <param name="Redis">Section <c>Redis</c>.</param>
/// <param name="GeoIp">Section <c>GeoIp</c>.</param>
/// <param name="Reports">Section <c>Reports</c>.</param>
public sealed record SiloSettings(NodeOptions Node, RedisOptions Redis, GeoIpOptions GeoIp, ReportStreamOptions Reports)
{
    /// <summary>Reads all sections; mistakes go to <paramref name="report"/>.</summary>
    public static SiloSettings Read(IConfiguration configuration, ConfigurationReport report)
    {
        var settings = new SiloSettings(
            report.Read<NodeOptions>(configuration, NodeOptions.Section),
            report.Read<RedisOptions>(configuration, RedisOptions.Section),
            report.Read<GeoIpOptions>(configuration, GeoIpOptions.Section),
            report.Read<ReportStreamOptions>(configuration, ReportStreamOptions.Section));
        report.Add(NodeOptions.Section, settings.Node.Problems());
        report.Add(RedisOptions.Section, settings.Redis.Problems());
        report.Add(GeoIpOptions.Section, settings.GeoIp.Problems());
        report.Add(ReportStreamOptions.Section, settings.Reports.Problems());
        report.Add(NodeOptions.Section, Across(settings, configuration));
        return settings;
    }

    /// <summary>Reads what a client of the cluster needs: where it is met, not how this machine would take part.</summary>
    public static SiloSettings ReadForClient(IConfiguration configuration, ConfigurationReport report)
    {
        var settings = new SiloSettings(
            report.Read<NodeOptions>(configuration, NodeOptions.Section),
            report.Read<RedisOptions>(configuration, RedisOptions.Section),
            new GeoIpOptions(),
            new ReportStreamOptions());
        report.Add(RedisOptions.Section, settings.Redis.Problems());
        report.Add($"{NodeOptions.Section}:{nameof(NodeOptions.Tls)}", settings.Node.Tls.Problems());
        if (settings.Node.AdminKeyProblem() is { } key)
        {
            report.Add(NodeOptions.Section, [(nameof(NodeOptions.AdminKey), key)]);
        }
        return settings;
    }

    private static IEnumerable<(string Property, string Problem)> Across(SiloSettings settings, IConfiguration configuration)
    {
        var node = settings.Node;
        if (!settings.Redis.IsConfigured && node.RoleSet is NodeRoles.Matchmaker or NodeRoles.Gateway)
        {
            yield return (nameof(NodeOptions.Roles),
                "must be matchmaker and gateway together unless Redis:ConnectionString says where the others are met");
        }
        if (node is { IsGateway: true, OpsPort: not null } && configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            yield return (nameof(NodeOptions.OpsPort),
                "cannot be added to Kestrel:Endpoints; give the gateway's addresses by 'urls' instead");
        }
    }
}
