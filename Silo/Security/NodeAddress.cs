using System.Net;
using System.Net.Sockets;
using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Configuration;

namespace Camdiv.Silo.Security;

/// <summary>Where the other nodes reach this one, as an address.</summary>
internal static class NodeAddress
{
    /// <summary>
    /// Loopback without Redis; else what <see cref="NodeOptions.AdvertisedAddress"/> is or resolves to. A name that does not
    /// resolve is a mistake in the report, and loopback meanwhile.
    /// </summary>
    public static IPAddress Find(SiloSettings settings, ConfigurationReport report)
    {
        var configured = settings.Node.AdvertisedAddress;
        if (!settings.Redis.IsConfigured)
        {
            return IPAddress.Loopback;
        }
        if (IPAddress.TryParse(configured, out var address))
        {
            return address;
        }
        try
        {
            var known = Dns.GetHostAddresses(configured.Length > 0 ? configured : Dns.GetHostName())
                .Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .ToList();
            return known.Find(a => !IPAddress.IsLoopback(a)) ?? known.FirstOrDefault() ?? IPAddress.Loopback;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            report.Add(NodeOptions.Section, [(nameof(NodeOptions.AdvertisedAddress), configured.Length > 0
                ? $"does not resolve to an address: {exception.Message}"
                : $"must be given, for this machine's own name does not resolve: {exception.Message}")]);
            return IPAddress.Loopback;
        }
    }
}
