using System.Net;
using System.Net.Sockets;

namespace Camdiv.Silo.Security;

/// <summary>Addresses that the Internet does not reach.</summary>
internal static class PrivateNetwork
{
    // Shared address space (RFC 6598) is left out on purpose: a provider's other customers are in it.
    private static readonly IPNetwork[] Ranges =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    /// <summary>Loopback, RFC 1918, link-local (RFC 3927, RFC 4291) or unique local (RFC 4193).</summary>
    public static bool Contains(IPAddress address)
    {
        var plain = Plain(address);
        return IPAddress.IsLoopback(plain) || Array.Exists(Ranges, range => range.Contains(plain));
    }

    /// <summary>Whether it is this very machine's own.</summary>
    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(Plain(address));

    /// <summary>The address of an IP end point.</summary>
    public static IPAddress? AddressOf(EndPoint? endPoint) => (endPoint as IPEndPoint)?.Address;

    private static IPAddress Plain(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
