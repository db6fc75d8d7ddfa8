using System.Net;
using System.Net.Sockets;

namespace Camdiv.Gateway.Turn;

/// <summary>Peers that a relay on the internet must refuse, one for each way in that was seen open.</summary>
internal static class TurnPeers
{
    // Cloud metadata, private, loopback; then loopback and metadata inside IPv6: mapped, compatible, NAT64 of both prefixes.
    private static readonly IPAddress[] Forbidden =
    [
        .. new[]
        {
            "169.254.169.254", "168.63.129.16", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "127.0.0.2",
            "::ffff:169.254.169.254", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "fd00:ec2::254", "fe80::1",
        }.Select(IPAddress.Parse),
    ];

    /// <summary>Those that an allocation of this family can be asked for.</summary>
    public static IEnumerable<IPAddress> For(AddressFamily family) => Forbidden.Where(peer => peer.AddressFamily == family);
}
