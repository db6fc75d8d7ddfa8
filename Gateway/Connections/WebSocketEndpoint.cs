using Camdiv.Gateway.Connections.Accepting;
using Camdiv.Gateway.Connections.Framing;
using Camdiv.Gateway.Connections.Handover;
using Camdiv.Gateway.Connections.Metering;
using Camdiv.Gateway.Http;
using Camdiv.Gateway.Lifecycle;
using Camdiv.Gateway.Protocol;
using Camdiv.Matchmaking;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Camdiv.Gateway.Connections;

/// <summary><c>GET /ws</c>: admits a connection and serves it to its end.</summary>
internal sealed partial class WebSocketEndpoint(
    ConnectionServices services,
    ConnectionRegistry registry,
    ConnectionBound bound,
    GatewayLifecycle lifecycle,
    OriginPolicy origins,
    ClientAddress addresses,
    AddressPrefixes prefixes,
    ILogger<WebSocketEndpoint> logger)
{
    /// <summary>Where it answers.</summary>
    public const string Path = "/ws";

    private const string TooManyFromAddress = "too many connections from this address";
    private const string RetryAfterSeconds = "10";

    /// <summary>The protocol's name in the handshake.</summary>
    public const string Subprotocol = "camdiv.v1";

    private readonly AddressAdmission _admission = new(services.Options.Limits.ConnectionsPerAddress);
    private readonly AddressBudget _handshakes = new(
        services.Options.Limits.HandshakesPerSecond, services.Options.Limits.MostHandshakes, services.Time);
    private readonly WebSocketAcceptContext _accept = AcceptContext(services.Options);
    private readonly KeepAliveTimes _keepAlive = KeepAlive.Times(services.Options);
    private readonly bool _takesOver = services.Options.OwnFraming;
    private int _toldOfLimit;

    /// <summary>
    /// Has what the framework's framing will read counted. To be called before the framework sees the request.
    /// </summary>
    public void Meter(HttpContext context)
    {
        if (!_takesOver || TransportHandover.Of(context) is null)
        {
            MeteredUpgrade.Put(context, new InputMeter(services.Options.Limits, services.Time));
        }
    }

    /// <summary>Answers a request. Not asynchronous itself: what it remembers would last as long as the connection.</summary>
    public Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
        {
            return Refuse(context, StatusCodes.Status400BadRequest, $"Expected a WebSocket handshake that offers {Subprotocol}.");
        }
        if (!origins.Allows(context.Request))
        {
            return Refuse(context, StatusCodes.Status403Forbidden, "Pages of this origin may not connect.");
        }
        if (!lifecycle.IsReady || registry.Count >= bound.Served)
        {
            if (lifecycle.IsReady)
            {
                services.Instruments.RateLimited("connections");
            }
            context.Response.Headers.RetryAfter = "1";
            return Refuse(context, StatusCodes.Status503ServiceUnavailable, "The server takes no connections now.");
        }
        var from = prefixes.Of(addresses.Of(context));
        if (!_handshakes.TryTake(from))
        {
            services.Instruments.RateLimited("handshakes");
            context.Response.Headers.RetryAfter = "1";
            return Refuse(context, StatusCodes.Status429TooManyRequests, "Too many handshakes from this address.");
        }
        if (_admission.IsFull(from))
        {
            NoteTooManyFromAddress();
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Refuse(context, StatusCodes.Status429TooManyRequests, TooManyFromAddress);
        }
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // A connection of HTTP/2 outlives its WebSockets.
            context.Features.Get<SocketPlace>()?.BecomesWebSocket();
        }
        return _takesOver && TransportHandover.Of(context) is { } handover
            ? HandOverAsync(context, handover, from)
            : ServeAsync(context, from);
    }

    // The request ends with the upgrade, and with it everything HTTP holds; the transport is served after that.
    private async Task HandOverAsync(HttpContext context, TransportHandover handover, AddressPrefix from)
    {
        await WebSocketUpgrade.AnswerAsync(context, Subprotocol);
        handover.Take(connection => ServeAsync(
            new FramedSocket(
                connection.Transport,
                connection.Features.GetRequiredFeature<IConnectionLifetimeFeature>(),
                _keepAlive,
                new InputMeter(services.Options.Limits, services.Time),
                services.Time),
            from,
            connection.ConnectionClosed));
    }

    private async Task ServeAsync(HttpContext context, AddressPrefix from)
    {
        // A slow client is this gateway's to judge, by the outbound queue, not the server's by bytes per second.
        context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(_accept);
        var input = context.Features.GetRequiredFeature<MeteredUpgrade>().Meter;
        await ServeAsync(new WebSocketClientSocket(socket, context, input), from, context.RequestAborted);
    }

    private async Task ServeAsync(IClientSocket socket, AddressPrefix from, CancellationToken aborted)
    {
        var place = _admission.Enter(from);
        ClientConnection? connection = null;
        try
        {
            connection = new ClientConnection(socket, services, from, aborted);
            services.Instruments.ConnectionBegun();
            registry.Add(connection);
            await connection.RunAsync(place == AddressPlace.Served ? null : RefusedByAddress()).ConfigureAwait(false);
        }
        finally
        {
            if (connection is not null)
            {
                services.Instruments.ConnectionEnded();
                registry.Remove(connection);
            }
            _admission.Leave(from, place);
        }
    }

    private CloseCause RefusedByAddress()
    {
        NoteTooManyFromAddress();
        return new CloseCause(CloseCodes.TooMany, TooManyFromAddress);
    }

    private void NoteTooManyFromAddress()
    {
        services.Instruments.RateLimited("address");
        if (Interlocked.Exchange(ref _toldOfLimit, 1) == 0)
        {
            LogAddressLimit(logger, services.Options.Limits.ConnectionsPerAddress);
        }
    }

    // Whoever asks again shall not find the room taken by those who were turned away.
    private static Task Refuse(HttpContext context, int status, string error)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
        return Problem.Json(status, error).ExecuteAsync(context);
    }

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
