using Camdiv.Matchmaking;
using Orleans.Concurrency;

namespace Camdiv.Grains;

/// <summary>Answers tools outside the cluster, which cannot call gateway services themselves.</summary>
[StatelessWorker(1)]
public sealed class ClusterAdminGrain(
    GatewayServiceClient gateways, Matchmakers matchmakers, IClusterMembershipService membership)
    : Grain, IClusterAdminGrain
{
    /// <inheritdoc/>
    public async Task<ClusterReport> GetReportAsync()
    {
        var counts = await Task.WhenAll(gateways.Live.Select(host => AskAsync(gateways.Find(host)?.GetStatsAsync())));
        var queues = await Task.WhenAll(Enum.GetValues<ChatType>()
            .Select(chat => AskAsync(matchmakers.AreThere ? GrainFactory.Queue(chat).GetStatsAsync() : null)));
        return new ClusterReport
        {
            Silos = [.. membership.CurrentSnapshot.Members.Values
                .Where(member => member.Status != SiloStatus.Dead)
                .OrderBy(member => member.Name, StringComparer.Ordinal)
                .Select(member => new SiloReport
                {
                    Silo = HostIds.Of(member.SiloAddress).Value,
                    Name = member.Name,
                    Status = member.Status.ToString(),
                })],
            Gateways = [.. counts.OfType<GatewayStats>()],
            Queues = [.. queues],
        };
    }

    /// <inheritdoc/>
    public async Task<bool> DrainGatewayAsync(string silo)
    {
        var member = membership.CurrentSnapshot.Members.Values.FirstOrDefault(member =>
            member.Status == SiloStatus.Active
            && SiloRoles.IsGateway(member.Name)
            && (member.Name == silo || HostIds.Of(member.SiloAddress).Value == silo));
        if (member is null || gateways.Find(HostIds.Of(member.SiloAddress)) is not { } service)
        {
            return false;
        }
        await service.DrainAsync();
        return true;
    }

    private static async Task<T?> AskAsync<T>(Task<T>? asked)
        where T : class
    {
        try
        {
            return asked is null ? null : await asked;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }
}
