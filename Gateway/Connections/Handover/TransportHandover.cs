using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Camdiv.Gateway.Connections.Handover;

/// <summary>
/// Stands between the HTTP server and a connection's transport, so that a request can take the transport over: HTTP
/// answers the upgrade with all its checks, ends, and everything it held of the connection can go.
/// </summary>
internal sealed class TransportHandover : IDuplexPipe, IConnectionHeartbeatFeature
{
    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _transport;
    private readonly IConnectionHeartbeatFeature? _heartbeat;
    private readonly HeartbeatRelay _relay = new();
    private Func<ConnectionContext, Task>? _next;

    private TransportHandover(ConnectionContext connection)
    {
        _connection = connection;
        _transport = connection.Transport;
        _heartbeat = connection.Features.Get<IConnectionHeartbeatFeature>();
        _heartbeat?.OnHeartbeat(static relay => ((HeartbeatRelay)relay).Beat(), _relay);
        Input = new OpenPipeReader(_transport.Input, this);
        Output = new OpenPipeWriter(_transport.Output, this);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Whether a request took the transport, so that HTTP's end is not the connection's.</summary>
    public bool IsTaken => _next is not null;

    /// <summary>Makes every connection of a server able to be taken over.</summary>
    public static ConnectionDelegate Middleware(ConnectionDelegate http) => connection => ServeAsync(connection, http);

    /// <summary>
    /// The handover of a request's connection; null where HTTP does not stand right on it, as with TLS in this server,
    /// or shares it between requests.
    /// </summary>
    public static TransportHandover? Of(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol)
        && context.Features.Get<IConnectionHeartbeatFeature>() is TransportHandover handover
        && ReferenceEquals(handover._connection.Transport, handover)
            ? handover
            : null;

    /// <summary>
    /// Takes the transport when the request, whose answer must be sent already, is over. The connection ends when
    /// <paramref name="next"/> does.
    /// </summary>
    public void Take(Func<ConnectionContext, Task> next) => _next = next;

    /// <summary>HTTP's clock ticks while HTTP lasts.</summary>
    public void OnHeartbeat(Action<object> action, object state) => _relay.Add(action, state);

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        if (await HttpAsync(connection, http).ConfigureAwait(false) is { } next)
        {
            await next(connection).ConfigureAwait(false);
        }
    }

    // Not in the method above: what it remembers lasts as long as the connection.
    private static async Task<Func<ConnectionContext, Task>?> HttpAsync(ConnectionContext connection, ConnectionDelegate http)
    {
        var handover = new TransportHandover(connection);
        connection.Transport = handover;
        connection.Features.Set<IConnectionHeartbeatFeature>(handover);
        try
        {
            await http(connection).ConfigureAwait(false);
        }
        finally
        {
            handover._relay.Stop();
            connection.Features.Set(handover._heartbeat);
            connection.Transport = handover._transport;
        }
        return handover._next;
    }
}
