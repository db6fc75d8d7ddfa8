using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Camdiv.Gateway.Http;

/// <summary>
/// A client's address: the socket's, or the one that <c>X-Forwarded-For</c> names when the socket is a trusted proxy's. The
/// framework's middleware reads the header, from the right: an entry a hop, each written by a trusted proxy.
/// </summary>
/// <param name="proxies">Who is believed.</param>
/// <param name="hops">How many proxies stand in a row: what stands left of their entries is the client's own invention.</param>
internal sealed class ClientAddress(TrustedProxies proxies, int hops)
{
    /// <summary>Sets the middleware up. Without proxies it reads nothing: by itself it would then believe everybody.</summary>
    public void Configure(ForwardedHeadersOptions options)
    {
        options.ForwardedHeaders = proxies.Networks.Count > 0 ? ForwardedHeaders.XForwardedFor : ForwardedHeaders.None;
        options.ForwardLimit = hops;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies.Networks)
        {
            options.KnownIPNetworks.Add(network);
        }
    }

    /// <summary>The address of the client behind a request; a local socket without one counts as loopback.</summary>
    public IPAddress Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.Loopback;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
