using System.Net.WebSockets;
using Camdiv.Gateway.Connections.Metering;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Camdiv.Gateway.Connections;

/// <summary>The framework's WebSocket on Kestrel behind <see cref="IClientSocket"/>.</summary>
internal sealed class WebSocketClientSocket : IClientSocket
{
    private readonly WebSocket _socket;
    // The connection's own switch, which outlives the request and is never reused; null where requests share one. Then
    // the request's must do, but only until it ends.
    private readonly IConnectionLifetimeFeature? _connection;
    private readonly Lock? _gate;
    private IHttpRequestLifetimeFeature? _request;

    /// <summary>Wraps the accepted socket of a request, whose stream <paramref name="input"/> counts.</summary>
    public WebSocketClientSocket(WebSocket socket, HttpContext context, InputMeter input)
    {
        Input = input;
        _socket = socket;
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            _connection = context.Features.Get<IConnectionLifetimeFeature>();
        }
        if (_connection is null)
        {
            _gate = new Lock();
            _request = context.Features.Get<IHttpRequestLifetimeFeature>();
        }
    }

    public InputMeter Input { get; }

    public ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer) =>
        _socket.ReceiveAsync(buffer, CancellationToken.None);

    public ValueTask SendTextAsync(ReadOnlyMemory<byte> frame, bool more) =>
        _socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);

    public void Tick()
    {
        // The framework's WebSocket has a timer of its own.
    }

    public ValueTask CloseAsync(int code, string reason) =>
        new(_socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None));

    public void Abort()
    {
        try
        {
            // Aborting the WebSocket alone leaves the transport to flush what a stuck peer never reads.
            _socket.Abort();
            _connection?.Abort();
            if (_gate is not null)
            {
                lock (_gate)
                {
                    _request?.Abort();
                }
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException or InvalidOperationException)
        {
            // Gone already. Completions and timers call this, where nobody could catch it.
        }
    }

    public void AbortAfter(TimeSpan timeout, TimeProvider time)
    {
        if (_gate is not null)
        {
            lock (_gate)
            {
                // The request ends now, and its objects may serve another one next.
                _request = null;
            }
        }
        if (_connection is null)
        {
            return;
        }
        ConnectionCut.After(_connection, timeout, time);
    }
}
