using System.Net;
using System.Net.Sockets;

namespace Camdiv.Gateway.Turn;

/// <summary>A way for STUN messages to a server and back.</summary>
internal abstract class TurnChannel : IDisposable
{
    /// <summary>Something odd about the way itself that does not stop it, or null.</summary>
    public virtual string? Doubt => null;

    /// <summary>Sends a request and awaits its answer.</summary>
    /// <exception cref="TurnFaultException">There is none; the message says why.</exception>
    public abstract Task<StunMessage> AskAsync(byte[] request, byte[] transaction, CancellationToken cancellation);

    public abstract void Dispose();

    /// <summary>Opens the way that <paramref name="target"/> names.</summary>
    /// <exception cref="TurnFaultException">It cannot be opened; the message says why.</exception>
    public static async Task<TurnChannel> OpenAsync(TurnTarget target, TurnTrust trust, TimeProvider time, CancellationToken cancellation)
    {
        if (target.Transport == TurnTransport.Udp)
        {
            return new UdpTurnChannel(new IPEndPoint(target.Address, target.Port), time);
        }
        var socket = new Socket(target.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target.Address, target.Port), cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return target.Transport == TurnTransport.Tcp
                ? new StreamTurnChannel(stream, doubt: null)
                : await trust.SecureAsync(stream, target.Host, time, cancellation);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new TurnFaultException(failure.SocketErrorCode == SocketError.ConnectionRefused
                ? $"connection refused: nothing listens on TCP port {target.Port}"
                : $"no connection: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw new TurnFaultException(
                $"no connection in time: TCP port {target.Port} is filtered by a firewall, or the server is down");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Over UDP: requests are repeated until the answer comes.</summary>
internal sealed class UdpTurnChannel : TurnChannel
{
    private static readonly TimeSpan FirstRepetition = TimeSpan.FromMilliseconds(500);

    private readonly UdpClient _udp;
    private readonly int _port;
    private readonly TimeProvider _time;

    public UdpTurnChannel(IPEndPoint server, TimeProvider time)
    {
        _port = server.Port;
        _time = time;
        _udp = new UdpClient(server.AddressFamily);
        _udp.Connect(server);
    }

    public override async Task<StunMessage> AskAsync(byte[] request, byte[] transaction, CancellationToken cancellation)
    {
        var receive = ReceiveAsync(transaction, cancellation);
        try
        {
            // RFC 8489, 6.2.1: the wait doubles with each repetition.
            for (var wait = FirstRepetition; ; wait *= 2)
            {
                await _udp.SendAsync(request, cancellation);
                var timeout = Task.Delay(wait, _time, cancellation);
                if (await Task.WhenAny(receive, timeout) == receive)
                {
                    return await receive;
                }
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            throw new TurnFaultException($"refused: nothing listens on UDP port {_port}");
        }
        catch (SocketException failure)
        {
            throw new TurnFaultException($"cannot send: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new TurnFaultException(
                $"no answer: UDP port {_port} is filtered by a firewall, or the server is down");
        }
    }

    public override void Dispose() => _udp.Dispose();

    private async Task<StunMessage> ReceiveAsync(byte[] transaction, CancellationToken cancellation)
    {
        while (true)
        {
            var received = await _udp.ReceiveAsync(cancellation);
            if (StunMessage.Parse(received.Buffer) is { } answer && answer.Transaction.AsSpan().SequenceEqual(transaction))
            {
                return answer;
            }
        }
    }
}

/// <summary>Over TCP or TLS.</summary>
internal sealed class StreamTurnChannel(Stream stream, string? doubt) : TurnChannel
{
    public override string? Doubt => doubt;

    public override async Task<StunMessage> AskAsync(byte[] request, byte[] transaction, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(request, cancellation);
            while (true)
            {
                var header = new byte[StunMessage.HeaderBytes];
                await stream.ReadExactlyAsync(header, cancellation);
                if (!StunMessage.TryReadHeader(header, out var bodyBytes))
                {
                    throw new TurnFaultException("something answers that does not speak STUN");
                }
                byte[] whole = [.. header, .. new byte[bodyBytes]];
                await stream.ReadExactlyAsync(whole.AsMemory(header.Length), cancellation);
                if (StunMessage.Parse(whole) is { } answer && answer.Transaction.AsSpan().SequenceEqual(transaction))
                {
                    return answer;
                }
            }
        }
        catch (IOException)
        {
            throw new TurnFaultException("the connection was closed without an answer");
        }
        catch (OperationCanceledException)
        {
            throw new TurnFaultException("connected, but no answer in time");
        }
    }

    public override void Dispose() => stream.Dispose();
}
