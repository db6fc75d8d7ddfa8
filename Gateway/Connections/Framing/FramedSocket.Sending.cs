using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Camdiv.Gateway.Connections.Framing;

/// <content>
/// What goes to the client. Whole frames enter the transport's pipe under one lock, so that control frames stand between
/// messages; while the pipe is full nothing enters it, and of control frames only the latest of each kind is kept. A pong
/// waits for what else goes out, or for the end of what was read: at most one goes with each flush.
/// </content>
internal sealed partial class FramedSocket
{
    // Frames that are followed at once by others wait for them up to this many bytes, about what one send takes.
    private const int MostHeldBytes = 32 * 1024;

    private readonly Lock _gate = new();
    private Task? _flush;
    private byte[]? _latePong;
    private int _lateClose;
    private int _peerCloseCode;
    private bool _latePing;
    private bool _closeSent;
    private bool _ended;

    public ValueTask SendTextAsync(ReadOnlyMemory<byte> frame, bool more)
    {
        lock (_gate)
        {
            if (_flush is null)
            {
                return SendText(frame.Span, more);
            }
        }
        return SendTextLaterAsync(frame, more);
    }

    public ValueTask CloseAsync(int code, string reason)
    {
        lock (_gate)
        {
            if (_flush is null)
            {
                return Close(code, reason);
            }
        }
        return CloseLaterAsync(code, reason);
    }

    private async ValueTask SendTextLaterAsync(ReadOnlyMemory<byte> frame, bool more)
    {
        await FlushedAsync().ConfigureAwait(false);
        await SendTextAsync(frame, more).ConfigureAwait(false);
    }

    private async ValueTask CloseLaterAsync(int code, string reason)
    {
        await FlushedAsync().ConfigureAwait(false);
        await CloseAsync(code, reason).ConfigureAwait(false);
    }

    private Task FlushedAsync()
    {
        lock (_gate)
        {
            return _flush ?? Task.CompletedTask;
        }
    }

    private void SendPing()
    {
        lock (_gate)
        {
            if (_flush is not null)
            {
                _latePing = true;
            }
            else if (CanSend)
            {
                AppendPong();
                Append(Opcode.Ping, []);
                Forget(Flush());
            }
        }
    }

    private void KeepPong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (CanSend)
            {
                // Answering only the latest of several pings is enough (RFC 6455, section 5.5.3).
                _latePong = payload.ToArray();
            }
        }
    }

    private void SendPong()
    {
        lock (_gate)
        {
            if (_flush is null && CanSend)
            {
                AppendPong();
                Forget(Flush());
            }
        }
    }

    private void SendClose(int code)
    {
        lock (_gate)
        {
            if (_flush is not null)
            {
                _lateClose = code;
            }
            else if (CanSend)
            {
                Forget(Close(code, ""));
            }
        }
    }

    // The methods below are called with the lock held and no flush under way.

    private bool CanSend => !_closeSent && !_ended;

    private ValueTask SendText(ReadOnlySpan<byte> frame, bool more)
    {
        if (_ended)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
        if (_closeSent)
        {
            // Nothing may follow a close frame (RFC 6455, section 5.5.1), and whoever reads it expects nothing.
            return ValueTask.CompletedTask;
        }
        AppendPong();
        Append(Opcode.Text, frame);
        return more && _output.UnflushedBytes < MostHeldBytes ? ValueTask.CompletedTask : Flush();
    }

    private ValueTask Close(int code, string reason)
    {
        if (!CanSend)
        {
            return ValueTask.CompletedTask;
        }
        AppendPong();
        _closeSent = true;
        Span<byte> payload = stackalloc byte[FrameHeader.MostControlBytes];
        // Who answers a close frame echoes its code (RFC 6455, section 5.5.1).
        var count = ClosePayload.Write(payload, _peerCloseCode == 0 ? code : _peerCloseCode, reason);
        Append(Opcode.Close, payload[..count]);
        return Flush();
    }

    private void AppendPong()
    {
        if (_latePong is { } pong)
        {
            _latePong = null;
            Append(Opcode.Pong, pong);
        }
    }

    private void Append(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        _output.Advance(FrameHeader.Write(_output.GetSpan(FrameHeader.MostWritten), opcode, payload.Length));
        _output.Write(payload);
    }

    private ValueTask Flush()
    {
        var flush = _output.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            Check(flush.Result);
            return ValueTask.CompletedTask;
        }
        var finish = FinishAsync(flush);
        if (!finish.IsCompleted)
        {
            _flush = finish;
        }
        return new ValueTask(finish);
    }

    // Goes on until the pipe takes frames again and the control frames that waited for that are in it.
    private async Task FinishAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            while (true)
            {
                Check(await flush.ConfigureAwait(false));
                lock (_gate)
                {
                    if (_ended || !AppendLate())
                    {
                        _flush = null;
                        return;
                    }
                    flush = _output.FlushAsync();
                }
            }
        }
        catch
        {
            lock (_gate)
            {
                _flush = null;
                _ended = true;
            }
            throw;
        }
    }

    private bool AppendLate()
    {
        var (ping, close) = (_latePing, _lateClose);
        (_latePing, _lateClose) = (false, 0);
        if (_closeSent || (_latePong is null && !ping && close == 0))
        {
            return false;
        }
        AppendPong();
        if (ping)
        {
            Append(Opcode.Ping, []);
        }
        if (close != 0)
        {
            _closeSent = true;
            Span<byte> payload = stackalloc byte[FrameHeader.MostControlBytes];
            Append(Opcode.Close, payload[..ClosePayload.Write(payload, close, "")]);
        }
        return true;
    }

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
    }

    // A control frame's write that fails shows in the next read.
    private static void Forget(ValueTask write)
    {
        if (!write.IsCompletedSuccessfully)
        {
            _ = write.AsTask().ContinueWith(
                static task => task.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
