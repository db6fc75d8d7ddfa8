using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Camdiv.Tests.Kit;

/// <summary>A TCP connection to a gateway that says what a test says, and nothing else.</summary>
public sealed class RawSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;

    private RawSocket(Socket socket)
    {
        _socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Its bytes.</summary>
    public NetworkStream Stream { get; }

    /// <summary>Whether the server has ended it, with nothing left to read.</summary>
    public bool IsEnded => _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;

    /// <summary>Connects.</summary>
    /// <param name="gateway">To the port of this address, on the loopback.</param>
    /// <param name="from">An address of the loopback to come from.</param>
    public static async Task<RawSocket> ConnectAsync(Uri gateway, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
            using var limit = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Port), limit.Token).ConfigureAwait(false);
            return new RawSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks for a WebSocket.</summary>
    /// <param name="gateway">Whom.</param>
    /// <param name="from">An address of the loopback to come from.</param>
    /// <returns>The status of the answer; empty when the connection was closed or not even made.</returns>
    public static async Task<(RawSocket? Socket, string Answer)> AskAsync(Uri gateway, IPAddress? from = null)
    {
        RawSocket? socket = null;
        try
        {
            socket = await ConnectAsync(gateway, from).ConfigureAwait(false);
            await socket.SendAsync(Handshake(gateway)).ConfigureAwait(false);
            return (socket, await socket.StatusAsync().ConfigureAwait(false));
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            return (socket, "");
        }
    }

    /// <summary>The request for a WebSocket.</summary>
    /// <param name="gateway">Whose host it names.</param>
    /// <param name="headers">More headers; none: the subprotocol.</param>
    public static string Handshake(Uri gateway, params IEnumerable<string> headers)
    {
        var request = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"GET /ws HTTP/1.1\r\nHost: {gateway.Authority}\r\n")
            .Append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
            .Append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        foreach (var header in headers.DefaultIfEmpty("Sec-WebSocket-Protocol: camdiv.v1"))
        {
            request.Append(header).Append("\r\n");
        }
        return request.Append("\r\n").ToString();
    }

    /// <summary>Sends text as it is.</summary>
    public async Task SendAsync(string text) => await Stream.WriteAsync(Encoding.ASCII.GetBytes(text)).ConfigureAwait(false);

    /// <summary>The status of the answer to a request that was sent; empty when the connection was closed instead.</summary>
    public async Task<string> StatusAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var start = new byte["HTTP/1.1 200".Length];
        try
        {
            await Stream.ReadExactlyAsync(start, limit.Token).ConfigureAwait(false);
            return Encoding.ASCII.GetString(start)[^3..];
        }
        catch (IOException)
        {
            return "";
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("The server neither answered a request nor closed its connection in time.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
