using System.Collections.Immutable;

namespace Camdiv.Grains;

/// <summary>
/// What tools outside the cluster ask; any silo answers. A call without an <see cref="AdminTicket"/> of somebody connected
/// to that silo is refused with <see cref="UnauthorizedAccessException"/>.
/// </summary>
[Alias("camdiv.IClusterAdminGrain")]
public interface IClusterAdminGrain : IGrainWithIntegerKey
{
    /// <summary>Silos, gateways and queues with their counts; those that do not answer are left out and named.</summary>
    [Alias("GetReport"), ResponseTimeout("00:00:10")]
    Task<ClusterReport> GetReportAsync();

    /// <summary>Drains the gateway on a silo.</summary>
    /// <param name="silo">The silo as <see cref="ClusterReport"/> names it.</param>
    /// <returns>False when no live gateway has that name.</returns>
    [Alias("DrainGateway"), ResponseTimeout("00:00:10")]
    Task<bool> DrainGatewayAsync(string silo);
}

/// <summary>The cluster at one moment.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.ClusterReport")]
public sealed class ClusterReport
{
    /// <summary>Silos in the membership.</summary>
    [Id(0)]
    public required ImmutableArray<SiloReport> Silos { get; init; }

    /// <summary>Gateways that answered.</summary>
    [Id(1)]
    public required ImmutableArray<GatewayStats> Gateways { get; init; }

    /// <summary>Queues in the order of their chat type; null for one that did not answer.</summary>
    [Id(2)]
    public required ImmutableArray<QueueStats?> Queues { get; init; }
}

/// <summary>One silo.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.SiloReport")]
public sealed class SiloReport
{
    /// <summary>Address and generation.</summary>
    [Id(0)]
    public required string Silo { get; init; }

    /// <summary>Name; begins with the role.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Membership status.</summary>
    [Id(2)]
    public required string Status { get; init; }
}
