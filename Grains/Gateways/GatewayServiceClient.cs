using System.Collections.Concurrent;
using Camdiv.Matchmaking;
using Orleans.Runtime.Services;

namespace Camdiv.Grains;

/// <summary>Calls the gateway services of the cluster and knows from membership which gateways live.</summary>
public sealed class GatewayServiceClient(IServiceProvider services, IClusterMembershipService membership)
    : GrainServiceClient<IGatewayService>(services)
{
    private readonly ConcurrentDictionary<HostId, (SiloAddress Silo, IGatewayService Service)> _services = new();

    /// <summary>The live gateways, this one included if it is one.</summary>
    public IEnumerable<HostId> Live => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && SiloRoles.IsGateway(member.Name))
        .Select(member => HostIds.Of(member.SiloAddress));

    /// <summary>Version of the membership: grows whenever a silo comes or goes, and is the same on every silo.</summary>
    public long MembershipVersion => membership.CurrentSnapshot.Version.Value;

    /// <summary>Whether membership has declared the gateway dead, or has never known it.</summary>
    public bool IsDead(HostId host) =>
        !TryResolve(host, out var entry) || membership.CurrentSnapshot.GetSiloStatus(entry.Silo) is SiloStatus.Dead or SiloStatus.None;

    /// <summary>The service of a gateway, or null when it is dead or unknown.</summary>
    public IGatewayService? Find(HostId host) => IsDead(host) ? null : _services[host].Service;

    /// <summary>Forgets gateways that membership has declared dead.</summary>
    public void Prune()
    {
        foreach (var host in _services.Keys.Where(IsDead))
        {
            _services.TryRemove(host, out _);
        }
    }

    private bool TryResolve(HostId host, out (SiloAddress Silo, IGatewayService Service) entry)
    {
        if (_services.TryGetValue(host, out entry))
        {
            return true;
        }
        if (!HostIds.TryGetSilo(host, out var silo))
        {
            return false;
        }
        entry = _services.GetOrAdd(host, (silo, GetGrainService(silo)));
        return true;
    }
}
