using System.IO.Pipelines;
using System.Net.WebSockets;
using Camdiv.Gateway.Connections.Metering;
using Microsoft.AspNetCore.Connections.Features;

namespace Camdiv.Gateway.Connections.Framing;

/// <summary>
/// A server's end of a WebSocket (RFC 6455) straight on a connection's transport, without extensions. Holds no buffer
/// while nothing comes, and allocates nothing for a frame that the transport takes at once.
/// </summary>
internal sealed partial class FramedSocket : IClientSocket
{
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly IConnectionLifetimeFeature _connection;
    private readonly KeepAliveTimes _keepAlive;
    private readonly TimeProvider _time;
    private long _heard;
    private volatile bool _aborted;
    private bool _pinged;

    /// <summary>Takes over a transport whose HTTP upgrade is done.</summary>
    /// <param name="transport">Bytes from and to the client. Completing it stays with its owner.</param>
    /// <param name="connection">The connection's own switch.</param>
    /// <param name="keepAlive">When to ping, and when to give up.</param>
    /// <param name="input">Counts what the client sends.</param>
    /// <param name="time">The clock.</param>
    public FramedSocket(
        IDuplexPipe transport,
        IConnectionLifetimeFeature connection,
        KeepAliveTimes keepAlive,
        InputMeter input,
        TimeProvider time)
    {
        Input = input;
        _input = transport.Input;
        _output = transport.Output;
        _connection = connection;
        _keepAlive = keepAlive;
        _time = time;
        _heard = time.GetTimestamp();
    }

    public InputMeter Input { get; }

    public void Abort()
    {
        _aborted = true;
        try
        {
            _connection.Abort();
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException or InvalidOperationException)
        {
            // Gone already. Completions and timers call this, where nobody could catch it.
        }
        // Whoever receives goes on from here, but never within the caller, who may hold anything.
        ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), _input, preferLocal: false);
    }

    public void AbortAfter(TimeSpan timeout, TimeProvider time)
    {
        lock (_gate)
        {
            // The transport is its owner's again; its memory may serve another connection next.
            _ended = true;
        }
        ConnectionCut.After(_connection, timeout, time);
    }

    /// <summary>Pings a client that is silent and cuts one that stays so.</summary>
    public void Tick()
    {
        var silent = _time.GetElapsedTime(Volatile.Read(ref _heard));
        if (silent >= _keepAlive.Silence)
        {
            Abort();
        }
        else if (silent >= _keepAlive.Ping && !_pinged)
        {
            _pinged = true;
            try
            {
                SendPing();
            }
            catch (Exception exception) when (exception is WebSocketException or InvalidOperationException)
            {
                // The transport is gone; whoever reads sees it too.
            }
        }
    }

    private void Heard(long now)
    {
        Volatile.Write(ref _heard, now);
        _pinged = false;
    }
}

/// <summary>When a socket is pinged, and when it is given up.</summary>
/// <param name="Ping">Silence after which it is pinged.</param>
/// <param name="Silence">Silence after which it is cut.</param>
internal sealed record KeepAliveTimes(TimeSpan Ping, TimeSpan Silence);
