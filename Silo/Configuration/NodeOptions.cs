using System.Net;

namespace Camdiv.Silo.Configuration;

/// <summary>One node of the cluster. Bound from the configuration section <c>Silo</c>.</summary>
public sealed class NodeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Silo";

    /// <summary>Port of Orleans clients on a node with the matchmaker role, when none is configured.</summary>
    public const int DefaultGatewayPort = 30_000;

    /// <summary>Least length of <see cref="AdminKey"/> in bytes: that of its MAC (RFC 2104, section 3).</summary>
    public const int MinAdminKeyBytes = 32;

    /// <summary>Port of health and dashboard on a node without the gateway role, when none is configured.</summary>
    public const int DefaultOpsPort = 5081;

    /// <summary>Roles of this node: <c>matchmaker</c>, <c>gateway</c> or both.</summary>
    public string[] Roles { get; set; } = ["matchmaker", "gateway"];

    /// <summary>
    /// Name of this node, 1 to 64 characters without white space; its role is put before it. Empty: machine name and port.
    /// </summary>
    public string Name { get; set; } = "";

    /// <summary>Port of the cluster's inner traffic (1 to 65,535).</summary>
    public int SiloPort { get; set; } = 11_111;

    /// <summary>
    /// Port of Orleans clients, which are the <c>admin</c> commands (1 to 65,535); 0: this node serves none. Unset: 30000 on
    /// a node with the matchmaker role, none on a gateway.
    /// </summary>
    public int? GatewayPort { get; set; }

    /// <summary>
    /// Base64 key of 32 bytes or more that <c>admin</c> commands must prove to have. Empty: a certificate of
    /// <see cref="Tls"/>, or without TLS a connection from this very machine, is enough.
    /// </summary>
    public string AdminKey { get; set; } = "";

    /// <summary>
    /// Address at which the other nodes reach this one: an IP address or a name that resolves to one. Empty: loopback
    /// without Redis, else the machine's first address that is not loopback.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Listens on all addresses instead of the advertised one: for containers whose address is translated.</summary>
    public bool ListenOnAnyAddress { get; set; }

    /// <summary>TLS of both ports.</summary>
    public ClusterTlsOptions Tls { get; } = new();

    /// <summary>
    /// Lets a node without <see cref="Tls"/> listen on addresses that are not private. Whoever reaches such a port can read
    /// everything and do everything.
    /// </summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>Cluster that this node joins; nodes of other clusters in the same Redis are not seen.</summary>
    public string ClusterId { get; set; } = "camdiv";

    /// <summary>Name under which state is kept, equal over the cluster's life and begin of its Redis keys.</summary>
    public string ServiceId { get; set; } = "camdiv";

    /// <summary>
    /// HTTP port of health checks and dashboard (1 to 65,535). Unset: 5081 on a node without the gateway role; with it
    /// none, for the browsers' port answers health checks too.
    /// </summary>
    public int? OpsPort { get; set; }

    /// <summary>Address or host name that <see cref="OpsPort"/> listens on; <c>*</c>: all.</summary>
    public string OpsAddress { get; set; } = "*";

    /// <summary>
    /// Gathers figures for the Orleans dashboard and serves it as <c>/dashboard</c> on <see cref="OpsPort"/>. It asks for
    /// no login: let only operators reach that port. Set it on all nodes or on none.
    /// </summary>
    public bool Dashboard { get; set; }

    /// <summary>
    /// How long a graceful stop may take altogether, in ms (1,000 to 600,000): clients leave, the engine hands over, the
    /// silo leaves the membership. Keep it below the orchestrator's grace.
    /// </summary>
    public int ShutdownTimeoutMs { get; set; } = 25_000;

    /// <summary>How the nodes watch each other.</summary>
    public MembershipOptions Membership { get; } = new();

    /// <summary>The roles; <see cref="NodeRoles.None"/> when they are not valid.</summary>
    public NodeRoles RoleSet => Roles.Aggregate(NodeRoles.None, (set, word) => set | (NodeRoleWords.Read(word) ?? NodeRoles.None));

    /// <summary>Whether this node serves browsers.</summary>
    public bool IsGateway => RoleSet.HasFlag(NodeRoles.Gateway);

    /// <summary>Whether this node hosts queues.</summary>
    public bool IsMatchmaker => RoleSet.HasFlag(NodeRoles.Matchmaker);

    /// <summary>The port of Orleans clients, or 0 for none.</summary>
    public int EffectiveGatewayPort => GatewayPort ?? (IsMatchmaker ? DefaultGatewayPort : 0);

    /// <summary>The port of health checks and dashboard, or null for none.</summary>
    public int? EffectiveOpsPort => OpsPort ?? (IsGateway ? null : DefaultOpsPort);

    /// <summary>The silo's name in the membership: role, then name.</summary>
    public string SiloName => RoleSet.Prefix() + (Name.Length > 0
        ? Name
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Dns.GetHostName()}-{SiloPort}"));

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Rules.Ranges(
            (nameof(SiloPort), SiloPort, 1, 65_535),
            (nameof(GatewayPort), GatewayPort ?? 0, 0, 65_535),
            (nameof(OpsPort), OpsPort ?? 1, 1, 65_535),
            (nameof(ShutdownTimeoutMs), ShutdownTimeoutMs, 1_000, 600_000)).ToList();
        for (var i = 0; i < Roles.Length; i++)
        {
            if (NodeRoleWords.Read(Roles[i]) is null)
            {
                problems.Add(($"{nameof(Roles)}:{i}", "must be matchmaker or gateway"));
            }
        }
        if (Roles.Length == 0)
        {
            problems.Add((nameof(Roles), "must name at least one of matchmaker and gateway"));
        }
        if (SiloPort == EffectiveGatewayPort)
        {
            problems.Add((nameof(GatewayPort), $"must differ from {nameof(SiloPort)} ({SiloPort})"));
        }
        if (Name.Length > 64 || Name.Any(char.IsWhiteSpace))
        {
            problems.Add((nameof(Name), "must be at most 64 characters without white space"));
        }
        if (OpsAddress != "*" && Uri.CheckHostName(OpsAddress) == UriHostNameType.Unknown)
        {
            problems.Add((nameof(OpsAddress), "must be *, an IP address or a host name, without a port"));
        }
        if (AdvertisedAddress.Length > 0 && Uri.CheckHostName(AdvertisedAddress) == UriHostNameType.Unknown)
        {
            problems.Add((nameof(AdvertisedAddress), "must be an IP address or a host name, without a port"));
        }
        if (Dashboard && RoleSet != NodeRoles.None && EffectiveOpsPort is null)
        {
            problems.Add((nameof(Dashboard), $"needs {nameof(OpsPort)}: it has no place on the browsers' port"));
        }
        if (AdminKeyProblem() is { } key)
        {
            problems.Add((nameof(AdminKey), key));
        }
        problems.AddRange(Rules.Names((nameof(ClusterId), ClusterId), (nameof(ServiceId), ServiceId)));
        return problems
            .Concat(Membership.Problems().Select(p => ($"{nameof(Membership)}:{p.Property}", p.Problem)))
            .Concat(Tls.Problems().Select(p => ($"{nameof(Tls)}:{p.Property}", p.Problem)));
    }

    /// <summary>What is wrong with <see cref="AdminKey"/>, or null.</summary>
    internal string? AdminKeyProblem() => AdminKey.Length == 0 || AdminKeyBytes().Length >= MinAdminKeyBytes
        ? null
        : $"must be base64 of at least {MinAdminKeyBytes} bytes (openssl rand -base64 32)";

    /// <summary>The bytes of <see cref="AdminKey"/>; none when it is empty or no base64.</summary>
    internal byte[] AdminKeyBytes()
    {
        var bytes = new byte[AdminKey.Length];
        return Convert.TryFromBase64String(AdminKey, bytes, out var length) ? bytes[..length] : [];
    }
}
