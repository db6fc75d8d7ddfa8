using Camdiv.Gateway.Http;
using Camdiv.Gateway.Lifecycle;
using Camdiv.Gateway.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Camdiv.Gateway.Connections;

/// <summary><c>GET /ws</c>: admits a connection and serves it to its end.</summary>
internal sealed partial class WebSocketEndpoint(
    ConnectionServices services,
    ConnectionRegistry registry,
    GatewayLifecycle lifecycle,
    OriginPolicy origins,
    ClientAddress addresses,
    ILogger<WebSocketEndpoint> logger)
{
    /// <summary>The protocol's name in the handshake.</summary>
    public const string Subprotocol = "camdiv.v1";

    private readonly AddressLimiter _limiter = new(services.Options.Limits.ConnectionsPerAddress);
    private readonly WebSocketAcceptContext _accept = AcceptContext(services.Options);
    private int _toldOfLimit;

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
        {
            await Refuse(context, StatusCodes.Status400BadRequest, $"Expected a WebSocket handshake that offers {Subprotocol}.");
            return;
        }
        if (!origins.Allows(context.Request))
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "Pages of this origin may not connect.");
            return;
        }
        if (!lifecycle.IsReady || registry.Count >= services.Options.Limits.Connections)
        {
            if (lifecycle.IsReady)
            {
                services.Instruments.RateLimited("connections");
            }
            context.Response.Headers.RetryAfter = "1";
            await Refuse(context, StatusCodes.Status503ServiceUnavailable, "The server takes no connections now.");
            return;
        }
        var address = addresses.Of(context);
        var admitted = _limiter.TryEnter(address);
        try
        {
            await ServeAsync(context, admitted);
        }
        finally
        {
            if (admitted)
            {
                _limiter.Leave(address);
            }
        }
    }

    private async Task ServeAsync(HttpContext context, bool admitted)
    {
        // A slow client is this gateway's to judge, by the outbound queue, not the server's by bytes per second.
        context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(_accept);
        var connection = new ClientConnection(new WebSocketClientSocket(socket, context), services, context.RequestAborted);
        registry.Add(connection);
        services.Instruments.ConnectionBegun();
        try
        {
            await connection.RunAsync(admitted ? null : TooManyFromAddress());
        }
        finally
        {
            services.Instruments.ConnectionEnded();
            registry.Remove(connection);
        }
    }

    private CloseCause TooManyFromAddress()
    {
        services.Instruments.RateLimited("address");
        if (Interlocked.Exchange(ref _toldOfLimit, 1) == 0)
        {
            LogAddressLimit(logger, services.Options.Limits.ConnectionsPerAddress);
        }
        return new CloseCause(CloseCodes.TooMany, "too many connections from this address");
    }

    private static Task Refuse(HttpContext context, int status, string error) =>
        Problem.Json(status, error).ExecuteAsync(context);

    private static WebSocketAcceptContext AcceptContext(Configuration.GatewayOptions options) => new()
    {
        SubProtocol = Subprotocol,
        KeepAliveInterval = TimeSpan.FromMilliseconds(options.PingIntervalMs),
        KeepAliveTimeout = PongTimeout(options),
        DangerousEnableCompression = options.Deflate,
    };

    // The framework looks at its clock every quarter of the shorter of interval and timeout, but at most once a second,
    // and so may notice both late by one look. Two looks at timeout / 4 fit when the timeout is two thirds of what is left.
    internal static TimeSpan PongTimeout(Configuration.GatewayOptions options) =>
        TimeSpan.FromMilliseconds(Math.Max(100, (options.SilenceTimeoutMs - options.PingIntervalMs) * 2 / 3));

    [LoggerMessage(1101, LogLevel.Warning,
        "An address reached its {Bound} connections and is refused more. Behind a reverse proxy this bounds all clients "
        + "together unless Gateway:TrustedProxies names the proxy. Not logged again.")]
    private static partial void LogAddressLimit(ILogger logger, int bound);
}
