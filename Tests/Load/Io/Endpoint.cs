using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Camdiv.Tests.Load.Io;

/// <summary>Where to connect, and from which addresses: 25,000 connections a source address, then the next 127.0.0.x.</summary>
public sealed class Endpoint
{
    private const int PerSource = 25_000;
    private readonly byte[] _target;
    private readonly bool _loopback;
    private int _opened;

    /// <summary>Resolves a URL's host; <c>http</c> and <c>ws</c> only.</summary>
    public Endpoint(Uri url)
    {
        if (url.Scheme is not ("http" or "ws"))
        {
            throw new ArgumentException($"{url}: the load tester speaks plain HTTP only; let it reach the server behind the proxy.");
        }
        var address = IPAddress.TryParse(url.Host.Trim('[', ']'), out var parsed)
            ? parsed
            : Array.Find(Dns.GetHostAddresses(url.Host), a => a.AddressFamily == AddressFamily.InterNetwork)
                ?? throw new ArgumentException($"{url.Host} has no IPv4 address.");
        Authority = url.Authority;
        Family = address.AddressFamily == AddressFamily.InterNetwork ? Native.Inet : Native.Inet6;
        _loopback = Family == Native.Inet && IPAddress.IsLoopback(address);
        _target = Encode(address, url.Port);
    }

    /// <summary>The <c>Host</c> header.</summary>
    public string Authority { get; }

    /// <summary>Connections opened for each source address; small values spread few connections over many addresses.</summary>
    public int ConnectionsPerSource { get; init; } = PerSource;

    internal int Family { get; }

    internal ReadOnlySpan<byte> Target => _target;

    /// <summary>The source of the next connection; empty: the system chooses.</summary>
    internal byte[] NextSource()
    {
        var source = _opened++ / ConnectionsPerSource % 200;
        return _loopback && source > 0 ? Encode(new IPAddress([127, 0, 0, (byte)(source + 1)]), 0) : [];
    }

    private static byte[] Encode(IPAddress address, int port)
    {
        var bytes = address.GetAddressBytes();
        var encoded = new byte[bytes.Length == 4 ? 16 : 28];
        BitConverter.TryWriteBytes(encoded, (ushort)(bytes.Length == 4 ? Native.Inet : Native.Inet6));
        BinaryPrimitives.WriteUInt16BigEndian(encoded.AsSpan(2), (ushort)port);
        bytes.CopyTo(encoded, bytes.Length == 4 ? 4 : 8);
        return encoded;
    }
}
