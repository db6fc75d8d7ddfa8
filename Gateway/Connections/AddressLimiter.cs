using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Camdiv.Gateway.Connections;

/// <summary>Counts connections per address and refuses those above the bound. An IPv6 address counts as its /64.</summary>
internal sealed class AddressLimiter(int bound)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>Takes a place for a connection; give it back with <see cref="Leave"/> when true.</summary>
    public bool TryEnter(IPAddress address)
    {
        var key = Key(address);
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
            if (count >= bound)
            {
                return false;
            }
            count++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(IPAddress address)
    {
        var key = Key(address);
        lock (_gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
            if (--count == 0)
            {
                _counts.Remove(key);
            }
        }
    }

    private static IPAddress Key(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
