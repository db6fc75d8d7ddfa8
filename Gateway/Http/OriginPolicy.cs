using System.Diagnostics.CodeAnalysis;

namespace Camdiv.Gateway.Http;

/// <summary>Which pages may connect: those of the request's own host, and those of the configured origins.</summary>
internal sealed class OriginPolicy
{
    private readonly HashSet<string> _allowed;
    private readonly HashSet<string> _hosts;

    /// <summary>Takes valid options.</summary>
    /// <param name="allowed">Origins besides the own host's.</param>
    /// <param name="hosts">The own host's names; none: whatever a request says.</param>
    public OriginPolicy(IEnumerable<string> allowed, IEnumerable<string> hosts)
    {
        _allowed = allowed
            .Select(origin => TryNormalize(origin, out var normal) ? normal : null)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        _hosts = hosts.Select(WithoutBrackets).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The configured origins, normalized.</summary>
    public IReadOnlyCollection<string> Allowed => _allowed;

    /// <summary>Whether the request may go on. One without <c>Origin</c> is not a browser's and may.</summary>
    public bool Allows(HttpRequest request)
    {
        var header = request.Headers.Origin;
        if (header.Count == 0)
        {
            return true;
        }
        return header.Count == 1
            && TryNormalize(header[0], out var origin)
            && (_allowed.Contains(origin) || IsOwnHost(origin, RequestHost.Of(request)));
    }

    /// <summary>Scheme, host and port of an origin, lower-case, without a default port.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            return false;
        }
        origin = uri.GetLeftPart(UriPartial.Authority).ToLowerInvariant();
        return true;
    }

    // A proxy that ends TLS hides the scheme, so host and port decide; a port left out is the origin's scheme's.
    private bool IsOwnHost(string origin, HostString host)
    {
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && host.HasValue
            && (_hosts.Count == 0 || _hosts.Contains(WithoutBrackets(host.Host)))
            && string.Equals(uri.Host, host.Host, StringComparison.OrdinalIgnoreCase)
            && uri.Port == (host.Port ?? (uri.Scheme == Uri.UriSchemeHttps ? 443 : 80));
    }

    private static string WithoutBrackets(string host) => host.Trim('[', ']');
}
