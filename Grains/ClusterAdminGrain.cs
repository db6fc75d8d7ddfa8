using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Camdiv.Grains;

/// <summary>
/// Answers tools outside the cluster, which cannot call gateway services themselves. As a stateless worker it answers on the
/// silo that the tool is connected to, which knows who that is; every call is logged with who and from where.
/// </summary>
[StatelessWorker(1)]
public sealed partial class ClusterAdminGrain(
    GatewayServiceClient gateways,
    Matchmakers matchmakers,
    IClusterMembershipService membership,
    IOperators operators,
    ILogger<ClusterAdminGrain> logger)
    : Grain, IClusterAdminGrain
{
    /// <inheritdoc/>
    public async Task<ClusterReport> GetReportAsync()
    {
        Admit("report");
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
        Admit($"drain {OnOneLine(silo)}");
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

    // Also calls from within the cluster bear no ticket: no node has a reason to make one.
    private void Admit(string command)
    {
        if (RequestContext.Get(AdminTicket.Key) is not string ticket || operators.Find(ticket) is not { } caller)
        {
            LogRefused(logger, command);
            throw new UnauthorizedAccessException("The call bears no ticket of somebody connected to this silo's client port.");
        }
        LogCommand(logger, command, caller.Name, caller.Address);
    }

    private static string OnOneLine(string text) =>
        string.Concat(text.Take(100).Select(c => char.IsControl(c) ? '?' : c));

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
