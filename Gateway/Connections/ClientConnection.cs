using System.Net.WebSockets;
using Camdiv.Gateway.Connections.Metering;
using Camdiv.Gateway.Protocol;
using Camdiv.Gateway.Relay;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// One browser's connection from upgrade to end: reads frames and holds the client to the protocol's rules. What the
/// messages mean is in the other part of this class; what goes out is <see cref="OutboundQueue"/>'s.
/// </summary>
internal sealed partial class ClientConnection : IInputWatch
{
    private static readonly TimeSpan FaultLinger = TimeSpan.FromMilliseconds(250);

    private readonly IClientSocket _socket;
    private readonly ConnectionServices _services;
    private readonly AddressPrefix _from;
    private readonly OutboundQueue _outbound;
    private readonly ClientLink _link;
    private readonly CancellationToken _aborted;
    private readonly Lock _timerGate = new();

    private ReceiveBuffer _buffer;
    private FrameBudget _budget;
    private WriteHold _hold;
    private int _badFrames;
    private IUserConnection? _user;
    private ITimer? _timer;
    private bool _ended;

    /// <summary>Creates the connection of an accepted socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="services">What connections share.</param>
    /// <param name="from">The client's network.</param>
    /// <param name="aborted">Cancelled when the transport is lost; ends calls to the engine.</param>
    public ClientConnection(IClientSocket socket, ConnectionServices services, AddressPrefix from, CancellationToken aborted)
    {
        var limits = services.Options.Limits;
        _socket = socket;
        _services = services;
        _from = from;
        _aborted = aborted;
        _outbound = new OutboundQueue(socket, limits.OutboundFrames, limits.OutboundBytes, OnClosing);
        _link = new ClientLink(_outbound, limits.MaxFrameBytes);
        _buffer = new ReceiveBuffer(limits.MaxFrameBytes);
        _hold = new WriteHold(limits.OutboundFrames, limits.OutboundBytes);
        _budget = new FrameBudget(limits.FramesPerSecond, limits.FrameBurst, services.Time);
        socket.Input.Watch = this;
    }

    /// <summary>Serves the client until either side is done. Does not throw for what a client can do.</summary>
    /// <param name="refusal">When given, the client is told this at once and not served.</param>
    public async Task RunAsync(CloseCause? refusal = null)
    {
        try
        {
            if (refusal is { } cause)
            {
                _outbound.Close(cause);
            }
            else if (_outbound.IsOpen)
            {
                SetTimer(_services.Options.HelloTimeoutMs);
            }
            await ReceiveAsync().ConfigureAwait(false);
            // The peer closed, first or in answer; answering is moot for it but completes the handshake.
            _outbound.Close(new CloseCause(CloseCodes.Normal, ""), dropWaiting: true);
            await _outbound.Closed.ConfigureAwait(false);
        }
        catch (WebSocketException exception) when (exception.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // The framing told the peer what it broke (1002, 1007). Returning resets the connection, which would take
            // that frame down with it, so it gets a moment to leave.
            LogLost(_services.Logger, exception.GetType().Name);
            _outbound.Abandon();
            await Task.Delay(FaultLinger, _services.Time, _aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException
            or ObjectDisposedException)
        {
            LogLost(_services.Logger, exception.GetType().Name);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The last resort: nothing that a client sends should come here, and a flood of what does must not fill the log.
            await FaultedAsync(exception).ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    private async Task FaultedAsync(Exception exception)
    {
        _services.Instruments.ConnectionFaulted();
        if (_services.IsFirstFault())
        {
            LogFaulted(_services.Logger, exception);
        }
        _outbound.Close(new CloseCause(CloseCodes.Failed, "the server failed"), dropWaiting: true);
        await _outbound.Closed.ConfigureAwait(false);
        await Task.Delay(FaultLinger, _services.Time, _aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Tells the client when to come back, then closes.</summary>
    public void Drain(int retryMs)
    {
        _outbound.Send(MessageWriter.Draining(retryMs));
        _outbound.Close(new CloseCause(CloseCodes.Restarting, "draining"));
    }

    /// <summary>Pings the client if it is silent, cuts it if it stays so; renews its session when that is due.</summary>
    public void Tick()
    {
        _socket.Tick();
        RenewSession();
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort() => _outbound.Abort();

    private async Task ReceiveAsync()
    {
        while (true)
        {
            var begin = Receive(Memory<byte>.Empty);
            if (!begin.IsCompleted)
            {
                _buffer.Release();
            }
            var part = await begin.ConfigureAwait(false);
            _buffer.Clear();
            while (part is { MessageType: not WebSocketMessageType.Close, EndOfMessage: false })
            {
                part = await Receive(_buffer.Free()).ConfigureAwait(false);
                Take(part);
            }
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return;
            }
            if (_outbound.IsOpen)
            {
                await OnFrameAsync(part.MessageType == WebSocketMessageType.Text).ConfigureAwait(false);
            }
        }
    }

    // What is held for the frames to come is let go before waiting for them.
    private ValueTask<ValueWebSocketReceiveResult> Receive(Memory<byte> buffer)
    {
        var receive = _socket.ReceiveAsync(buffer);
        if (!receive.IsCompleted)
        {
            _hold.Release();
        }
        return receive;
    }

    private void Take(ValueWebSocketReceiveResult part)
    {
        _buffer.Advance(part.Count);
        if (!_outbound.IsOpen)
        {
            // Whatever still comes before the peer's close frame is read past, slowly.
            _buffer.Clear();
        }
        else if (_buffer.IsOverfull)
        {
            _services.Instruments.BadFrame("too-large");
            _outbound.Close(new CloseCause(CloseCodes.FrameTooLarge, "frame too large"));
            _buffer.Clear();
        }
        else if (part is { Count: 0, EndOfMessage: false, MessageType: not WebSocketMessageType.Close } && !_budget.TryTake())
        {
            // Empty fragments never fill the buffer and never end the message; the frame rate bounds them.
            TooMany("frames");
        }
    }

    private ValueTask OnFrameAsync(bool isText)
    {
        if (!_budget.TryTake())
        {
            TooMany("frames");
            return ValueTask.CompletedTask;
        }
        var frame = _buffer.Message;
        if (!isText || frame.IsEmpty || frame[0] is not (RelayFrame.Mark or (byte)'{'))
        {
            Complain(new FrameFault(ErrorCodes.BadMessage, "A frame must be text that begins with '{' or '>'."));
        }
        else if (frame[0] == RelayFrame.Mark)
        {
            Relay(frame);
        }
        else if (ControlParser.Parse(frame, out var fault) is { } message)
        {
            // What it does may take its time.
            _hold.Release();
            return OnMessageAsync(message);
        }
        else
        {
            Complain(fault);
        }
        return ValueTask.CompletedTask;
    }

    void IInputWatch.OnExceeded(string what)
    {
        if (_outbound.IsOpen)
        {
            TooMany(what);
        }
    }

    private void TooMany(string what)
    {
        _services.Instruments.RateLimited(what);
        _outbound.Send(MessageWriter.Error(new FrameFault(ErrorCodes.RateLimited, $"Too many {what}."), fatal: true));
        _outbound.Close(new CloseCause(CloseCodes.TooMany, $"too many {what}"));
    }

    // A malformed frame: the client is told, and the connection closed once it is clear that the client cannot do better.
    private void Complain(FrameFault fault)
    {
        _services.Instruments.BadFrame(fault.Code);
        var fatal = _user is null || ++_badFrames > _services.Options.Limits.BadFrames;
        _outbound.Send(MessageWriter.Error(fault, fatal));
        if (fatal)
        {
            _outbound.Close(new CloseCause(CloseCodes.Misuse, fault.Code));
        }
    }

    // Runs once, on whatever thread made the outbound queue stop taking frames; possibly inside a call of the engine.
    private void OnClosing(CloseCause cause)
    {
        _services.Instruments.Closed(cause.Code);
        if (cause.Code is not (CloseCodes.Normal or CloseCodes.Restarting))
        {
            // Enough to see a client in good order out, and nothing to gain for one that goes on.
            _socket.Input.Slow();
        }
        SetTimer(_services.Options.CloseTimeoutMs);
        // The engine learns at once, not after the closing handshake, but never from within its own call.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Detach(), this, preferLocal: false);
    }

    private void Detach()
    {
        try
        {
            Volatile.Read(ref _user)?.Detach();
        }
        catch (Exception exception)
        {
            // On a pool thread nobody else would catch it, and one client's trouble must not end the process.
            LogDetachFailed(_services.Logger, exception);
        }
    }

    private void SetTimer(int dueMs)
    {
        lock (_timerGate)
        {
            _timer?.Dispose();
            _timer = _ended
                ? null
                : _services.Time.CreateTimer(
                    static connection => ((ClientConnection)connection!).OnTimer(),
                    this,
                    TimeSpan.FromMilliseconds(dueMs),
                    Timeout.InfiniteTimeSpan);
        }
    }

    private void StopTimer(bool forGood)
    {
        lock (_timerGate)
        {
            _ended |= forGood;
            // Once the queue is closing, the timer bounds the handshake and only the end may stop it.
            if (forGood || _outbound.IsOpen)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private void OnTimer()
    {
        lock (_timerGate)
        {
            if (_timer is null)
            {
                return;
            }
        }
        if (!_outbound.Close(new CloseCause(CloseCodes.HelloTimeout, "no hello in time")))
        {
            _outbound.Abort();
        }
    }

    private void End()
    {
        _hold.Release();
        _outbound.Abandon();
        StopTimer(forGood: true);
        Detach();
        _buffer.Release();
        _socket.AbortAfter(TimeSpan.FromMilliseconds(_services.Options.CloseTimeoutMs), _services.Time);
    }
}
