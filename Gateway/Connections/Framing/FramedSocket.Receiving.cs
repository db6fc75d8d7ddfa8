using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Camdiv.Gateway.Connections.Framing;

/// <content>What the client sends.</content>
internal sealed partial class FramedSocket
{
    private FrameReader _reader;
    private ReadOnlySequence<byte> _unread;
    private int _left;
    private bool _reading;
    private bool _inputEnded;

    public ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer) =>
        TryReceive(buffer.Span, out var result) ? new(result) : ReceiveLaterAsync(buffer);

    // Idle connections wait in here, each in a state machine that goes back to a pool.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ValueWebSocketReceiveResult> ReceiveLaterAsync(Memory<byte> buffer)
    {
        while (true)
        {
            if (MustPace)
            {
                await Input.PaceAsync().ConfigureAwait(false);
            }
            else if (Input.MustYield)
            {
                await Input.YieldAsync().ConfigureAwait(false);
            }
            try
            {
                if (!_reading)
                {
                    Take(await _input.ReadAsync().ConfigureAwait(false));
                }
            }
            catch (IOException exception)
            {
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, exception);
            }
            if (TryReceive(buffer.Span, out var result))
            {
                return result;
            }
        }
    }

    private bool TryReceive(Span<byte> buffer, out ValueWebSocketReceiveResult result)
    {
        Span<byte> control = stackalloc byte[FrameHeader.MostControlBytes];
        while (true)
        {
            if (MustPace || Input.MustYield)
            {
                result = default;
                return false;
            }
            if (!_reading)
            {
                if (!_input.TryRead(out var read))
                {
                    result = default;
                    return false;
                }
                Take(read);
            }
            var what = _reader.Read(ref _unread, buffer, control);
            if (_reader.IsNewFrame)
            {
                Input.Frames(1);
            }
            switch (what)
            {
                case FrameEvent.Data:
                    result = new(
                        _reader.Count,
                        _reader.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary,
                        _reader.EndOfMessage);
                    return true;
                case FrameEvent.NeedMore:
                    Release();
                    break;
                case FrameEvent.Ping:
                    KeepPong(control[.._reader.Count]);
                    break;
                case FrameEvent.Close:
                    OnClose(control[.._reader.Count]);
                    result = new(0, WebSocketMessageType.Close, endOfMessage: true);
                    return true;
                case FrameEvent.Fault:
                    Fault(_reader.FaultCode);
                    break;
            }
        }
    }

    // What is read already is handled to its end; only reading waits.
    private bool MustPace => !_reading && Input.IsSlow;

    private void Take(ReadResult read)
    {
        if (_aborted)
        {
            throw new OperationCanceledException("The socket was aborted.");
        }
        _unread = read.Buffer;
        _inputEnded = read.IsCompleted;
        _reading = true;
        var came = (int)(_unread.Length - _left);
        if (came > 0)
        {
            Heard(Input.Read(came));
        }
    }

    // Gives back what was read, keeps what is not a whole header yet, and so holds no memory between frames.
    private void Release()
    {
        _left = (int)_unread.Length;
        _input.AdvanceTo(_unread.Start, _unread.End);
        _unread = default;
        _reading = false;
        if (_latePong is not null)
        {
            SendPong();
        }
        if (_inputEnded)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
    }

    private void OnClose(ReadOnlySpan<byte> payload)
    {
        var fault = ClosePayload.Read(payload, out var code);
        if (fault != 0)
        {
            Fault(fault);
        }
        _peerCloseCode = code;
    }

    private void Fault(int code)
    {
        SendClose(code);
        throw new WebSocketException(WebSocketError.Faulted, $"The peer broke RFC 6455 ({code}).");
    }
}
