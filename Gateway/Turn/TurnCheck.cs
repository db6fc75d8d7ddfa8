using System.Net;
using System.Net.Sockets;
using Camdiv.Gateway.Configuration;

namespace Camdiv.Gateway.Turn;

/// <summary>Checks every address, transport and, if asked, secret of every configured region.</summary>
internal sealed class TurnCheck(TurnProbe probe)
{
    private static readonly TurnTransport[] Transports = [TurnTransport.Udp, TurnTransport.Tcp, TurnTransport.Tls];

    /// <summary>Runs all checks at once.</summary>
    /// <param name="regions">The regions.</param>
    /// <param name="allSecrets">Whether the secrets behind the first are tried, too: before and after a rotation.</param>
    /// <param name="cancellation">Cuts it short.</param>
    /// <returns>The findings in the order of the configuration.</returns>
    public async Task<IReadOnlyList<TurnFinding>> RunAsync(
        IEnumerable<TurnRegionOptions> regions, bool allSecrets, CancellationToken cancellation)
    {
        var findings = await Task.WhenAll(regions.Select(region => CheckAsync(region, allSecrets, cancellation)));
        return [.. findings.SelectMany(region => region)];
    }

    private async Task<TurnFinding[]> CheckAsync(TurnRegionOptions region, bool allSecrets, CancellationToken cancellation)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(region.Host.Trim('[', ']'), cancellation);
        }
        catch (SocketException failure)
        {
            return [new TurnFinding(region.Name, null, region.Host, TurnGrade.Bad, $"the name does not resolve: {failure.Message}")];
        }
        var targets =
            from address in addresses
            from secret in region.Secrets.Select((value, index) => (Value: value, Index: index)).Take(allSecrets ? int.MaxValue : 1)
            from transport in Transports
            select new TurnTarget(
                region.Name,
                region.Host,
                address,
                transport == TurnTransport.Tls ? region.TlsPort : region.TurnPort,
                transport,
                secret.Value,
                secret.Index);
        return await Task.WhenAll(targets.Select(target => probe.RunAsync(target, cancellation)));
    }
}
