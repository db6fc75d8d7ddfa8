using System.Net;
using System.Net.Sockets;

namespace Camdiv.Gateway.Http;

/// <summary>The reverse proxies that are believed and speak for many clients.</summary>
/// <param name="proxies">Addresses and CIDR ranges; what is neither is left out.</param>
internal sealed class TrustedProxies(IEnumerable<string> proxies)
{
    /// <summary>The ranges; an address alone is a range of one.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; } = [.. proxies.Select(Parse).OfType<IPNetwork>()];

    /// <summary>Whether a socket of this address is a proxy's. An IPv4-mapped address counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        foreach (var network in Networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }

    private static IPNetwork? Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }
        if (!IPAddress.TryParse(text, out var address))
        {
            return null;
        }
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }
}
