using System.Net;
using System.Net.Sockets;
using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit.Turn;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>
/// A real coturn as deploy/coturn configures it relays to no special-purpose address, asked one by one over allocations of
/// both families, and does relay to everything beside them.
/// </summary>
public sealed class DeniedPeerTests
{
    // IANA's IPv4 special-purpose registry (RFC 6890), multicast, and Azure's address of the host (168.63.129.16).
    private static readonly string[] SpecialIPv4 =
    [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ];

    // IANA's IPv6 special-purpose registry, site-local and multicast; last, forms that carry an IPv4 address.
    private static readonly string[] SpecialIPv6 =
    [
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:2::/48", "2001:10::/28",
        "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "2002::/16",
    ];

    // What embeds an IPv4 address, by how many bytes stand before it.
    private static readonly (string Prefix, int Offset)[] Embeddings =
        [("::", 12), ("::ffff:0:0", 12), ("::ffff:0:0:0", 12), ("64:ff9b::", 12), ("64:ff9b:1::", 12), ("2002::", 2)];

    [Fact]
    public async Task It_relays_to_no_special_address_and_to_all_others()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates, RegionServer.Secret, "--relay-ip=::1");
        using var over4 = await OpenAsync(server, AddressFamily.InterNetwork);
        using var over6 = await OpenAsync(server, AddressFamily.InterNetworkV6);
        Assert.Equal(AddressFamily.InterNetworkV6, over6.Relayed.AddressFamily);

        var wrong = new List<string>();
        foreach (var peer in SpecialIPv4.SelectMany(Probes))
        {
            await ExpectAsync(over4, peer, 403);
            foreach (var (prefix, offset) in Embeddings)
            {
                await ExpectAsync(over6, Embed(prefix, offset, peer), 403);
            }
        }
        foreach (var peer in SpecialIPv6.SelectMany(Probes))
        {
            await ExpectAsync(over6, peer, 403);
        }
        foreach (var peer in (string[])
        [
            "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
            "192.0.1.0", "192.0.3.0", "192.31.195.255", "192.52.194.0", "192.88.98.255", "192.167.255.255", "192.169.0.0", "192.175.47.255",
            "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        ])
        {
            await ExpectAsync(over4, IPAddress.Parse(peer), null);
        }
        foreach (var peer in (string[])
        [
            "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2606:4700:4700::1111", "2620:4e:ffff::1",
            "2620:4f:8001::1", "2a00::1", "2a02:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff::1", "3fff:1000::1",
        ])
        {
            await ExpectAsync(over6, IPAddress.Parse(peer), null);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        async Task ExpectAsync(TurnAllocation allocation, IPAddress peer, int? expected)
        {
            var answer = await allocation.PermitAsync(peer);
            if (answer != expected)
            {
                wrong.Add($"{peer}: {(answer is null ? "granted" : answer)}, not {(expected is null ? "granted" : expected)}");
            }
        }
    }

    private static async Task<TurnAllocation> OpenAsync(RegionServer server, AddressFamily family)
    {
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var credentials = TurnCredentials.Mint(RegionServer.Secret, UserId.New(), expires);
        return await TurnAllocation.OpenAsync(
            server.EndPoint, new TurnCredential(credentials.Username, credentials.Credential), new TurnWishes { Family = family });
    }

    /// <summary>The first and last address of a range, and some within.</summary>
    private static IEnumerable<IPAddress> Probes(string range)
    {
        var network = IPNetwork.Parse(range);
        var (first, last) = (network.BaseAddress.GetAddressBytes(), network.BaseAddress.GetAddressBytes());
        for (var bit = network.PrefixLength; bit < first.Length * 8; bit++)
        {
            last[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }
        // Seeded, so that a failure comes again: of each byte something between its first and last value.
        var random = new Random(range.Length + network.PrefixLength);
        var within = Enumerable.Range(0, 4).Select(_ => first.Select((low, i) => (byte)random.Next(low, last[i] + 1)).ToArray());
        return new[] { first, last }.Concat(within).Select(bytes => new IPAddress(bytes));
    }

    private static IPAddress Embed(string prefix, int offset, IPAddress address)
    {
        var bytes = IPAddress.Parse(prefix).GetAddressBytes();
        address.GetAddressBytes().CopyTo(bytes, offset);
        return new IPAddress(bytes);
    }
}
