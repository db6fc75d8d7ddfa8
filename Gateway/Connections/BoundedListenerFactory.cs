using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// Sockets of which no more are accepted than the process has room for. The server's own bound closes connections that are
/// accepted already, and of those there can be any number at once.
/// </summary>
internal sealed class BoundedListenerFactory(
    IOptions<SocketTransportOptions> options, ILoggerFactory loggers, ConnectionBound bound)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);
    private readonly SemaphoreSlim? _room = bound.Held is { } held ? new(held, held) : null;

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await _sockets.BindAsync(endpoint, cancellationToken);
        return _room is null ? listener : new Listener(listener, _room);
    }

    private sealed class Listener(IConnectionListener sockets, SemaphoreSlim room) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await room.WaitAsync(_unbound.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            ConnectionContext? connection = null;
            try
            {
                connection = await sockets.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (connection is null)
                {
                    room.Release();
                }
            }
            connection?.ConnectionClosed.UnsafeRegister(static room => ((SemaphoreSlim)room!).Release(), room);
            return connection;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await sockets.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await sockets.DisposeAsync();
            _unbound.Dispose();
        }
    }
}
