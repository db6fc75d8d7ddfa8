using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Camdiv.Gateway.Connections.Accepting;

/// <summary>One address to listen on: takes what is admitted, closes the rest, and waits while there is no room.</summary>
internal sealed class BoundedListener(IConnectionListener sockets, SocketAdmission admission) : IConnectionListener
{
    private static readonly ConnectionAbortedException NotAdmitted = new("The address has its share of sockets.");

    private readonly CancellationTokenSource _unbound = new();

    public EndPoint EndPoint => sockets.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await HasRoomAsync().ConfigureAwait(false))
        {
            ConnectionContext? connection = null;
            try
            {
                connection = await sockets.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (connection is null)
                {
                    admission.GiveRoomBack();
                }
            }
            if (connection is null)
            {
                break;
            }
            var place = admission.Admit(connection.RemoteEndPoint, out var isAdmitted);
            connection.ConnectionClosed.UnsafeRegister(static place => ((SocketPlace)place!).Leave(), place);
            if (!Thread.CurrentThread.IsThreadPoolThread)
            {
                // An inline completion lends the thread of other sockets, and while connections keep coming this never waits.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
            if (isAdmitted)
            {
                connection.Features.Set(place);
                return connection;
            }
            _ = RefuseAsync(connection);
        }
        return null;
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

    private async ValueTask<bool> HasRoomAsync()
    {
        try
        {
            await admission.RoomAsync(_unbound.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task RefuseAsync(ConnectionContext connection)
    {
        connection.Abort(NotAdmitted);
        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
