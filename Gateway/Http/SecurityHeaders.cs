using Camdiv.Gateway.Connections;

namespace Camdiv.Gateway.Http;

/// <summary>What every answer tells browsers to refuse.</summary>
internal static class SecurityHeaders
{
    private const string Permissions =
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=(), midi=()";

    /// <summary>Adds them to every answer but a WebSocket's, whose connection would hold on to them for its whole life.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.Request.Path == WebSocketEndpoint.Path)
        {
            return next(context);
        }
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy(RequestHost.Of(context.Request));
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    });

    // Browsers before CSP 3 do not count WebSockets as 'self', so they are named by host.
    internal static string Policy(HostString host)
    {
        var sockets = IsPlain(host.Value) ? $" ws://{host.Value} wss://{host.Value}" : "";
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            + "media-src 'self' blob: mediastream:; connect-src 'self'" + sockets
            + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    // The client chooses this header's value: nothing in it may end the directive.
    private static bool IsPlain(string? host)
    {
        if (string.IsNullOrEmpty(host) || host.Length > 255)
        {
            return false;
        }
        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or ':' or '[' or ']'))
            {
                return false;
            }
        }
        return true;
    }
}
