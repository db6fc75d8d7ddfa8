using System.Net;
using System.Net.Sockets;

namespace Camdiv.Gateway.Http;

/// <summary>
/// A client's address: the socket's, or what <c>X-Forwarded-For</c> says when the socket is a trusted proxy's. The list
/// is walked from the right past trusted proxies, for only what those wrote can be believed.
/// </summary>
internal sealed class ClientAddress(TrustedProxies proxies)
{
    // Real chains are short; a longer header is made up.
    private const int MaxHops = 32;

    /// <summary>The address of the client behind <paramref name="context"/>; a local socket without one counts as loopback.</summary>
    public IPAddress Of(HttpContext context) =>
        Resolve(context.Connection.RemoteIpAddress ?? IPAddress.Loopback, context.Request.Headers["X-Forwarded-For"].ToString());

    /// <summary>The walk itself.</summary>
    /// <param name="remote">The socket's address.</param>
    /// <param name="forwardedFor">The header's value or values, joined by commas; may be empty.</param>
    public IPAddress Resolve(IPAddress remote, ReadOnlySpan<char> forwardedFor)
    {
        var address = Canonical(remote);
        for (var hop = 0; hop < MaxHops && forwardedFor.Length > 0 && proxies.Contains(address); hop++)
        {
            var comma = forwardedFor.LastIndexOf(',');
            if (!TryParseEntry(forwardedFor[(comma + 1)..].Trim(), out var entry))
            {
                break;
            }
            address = entry;
            forwardedFor = comma < 0 ? [] : forwardedFor[..comma];
        }
        return address;
    }

    private static bool TryParseEntry(ReadOnlySpan<char> text, out IPAddress address)
    {
        // "1.2.3.4:567" is an address with a port, "::1" is not: only one colon, or brackets, mark a port.
        if (text.StartsWith('[') && text.IndexOf(']') is > 0 and var end)
        {
            text = text[1..end];
        }
        else if (text.Count(':') == 1)
        {
            text = text[..text.IndexOf(':')];
        }
        // "1" and "0x7f.1" parse as IPv4 addresses, but no proxy writes them.
        if (!IPAddress.TryParse(text, out var parsed)
            || (parsed.AddressFamily == AddressFamily.InterNetwork && text.Count('.') != 3))
        {
            address = IPAddress.None;
            return false;
        }
        address = Canonical(parsed);
        return true;
    }

    private static IPAddress Canonical(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
