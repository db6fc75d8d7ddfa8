using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Http;

/// <summary>
/// Makes <see cref="AddressPrefix"/> of addresses. Providers hand a household a /56 or more (RIPE-690), so a bound per
/// IPv6 address, or per /64, bounds nobody.
/// </summary>
/// <param name="key">At least 32 secret bytes, the same at every gateway of a cluster.</param>
internal sealed class AddressPrefixes(byte[] key)
{
    private const int IPv6Bytes = 7;

    /// <summary>The prefix of <paramref name="address"/>; never none. An IPv4-mapped address counts as IPv4.</summary>
    public AddressPrefix Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        address.TryWriteBytes(bytes, out var length);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6Bytes : length)], hash);
        return new AddressPrefix(Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(hash)));
    }
}
