using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Camdiv.Gateway.Connections;

/// <summary>The framework's WebSocket on Kestrel behind <see cref="IClientSocket"/>.</summary>
internal sealed class WebSocketClientSocket : IClientSocket
{
    private readonly WebSocket _socket;
    private readonly HttpContext _context;

    public WebSocketClientSocket(WebSocket socket, HttpContext context)
    {
        _socket = socket;
        _context = context;
    }

    public ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer) =>
        _socket.ReceiveAsync(buffer, CancellationToken.None);

    public ValueTask SendTextAsync(ReadOnlyMemory<byte> frame) =>
        _socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);

    public ValueTask CloseAsync(int code, string reason) =>
        new(_socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None));

    public void Abort()
    {
        // Aborting the WebSocket alone leaves the transport to flush what a stuck peer never reads.
        _socket.Abort();
        _context.Abort();
    }

    public void AbortAfter(TimeSpan timeout, TimeProvider time)
    {
        // The request's own features are gone by then; the connection's outlive it and are never reused.
        if (_context.Features.Get<IConnectionLifetimeFeature>() is not { } connection)
        {
            return;
        }
        _ = Task.Delay(timeout, time, connection.ConnectionClosed).ContinueWith(
            static (_, state) => ((IConnectionLifetimeFeature)state!).Abort(),
            connection,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
