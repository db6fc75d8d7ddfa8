namespace Camdiv.Gateway.Http;

/// <summary>The host that a request names.</summary>
internal static class RequestHost
{
    /// <summary>
    /// The <c>Host</c> header as it was sent. <see cref="HttpRequest.Host"/> decodes international names, which throws for
    /// made-up ones; browsers send them encoded, in <c>Origin</c> too.
    /// </summary>
    public static HostString Of(HttpRequest request) => new(request.Headers.Host.ToString());
}
