using System.Buffers;
using System.Runtime.CompilerServices;
using Camdiv.Gateway.Protocol;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// Frames on their way to one client, bounded in number and bytes. Whoever queues a frame while nothing is being written
/// writes it at once on its own thread; a write that does not complete synchronously is carried on by its completion. So
/// one write is under way at any time, no sender ever waits, and steady traffic allocates nothing. Thread-safe.
/// </summary>
internal sealed class OutboundQueue : IThreadPoolWorkItem
{
    // A sender that keeps meeting new frames hands the rest to the thread pool after this many.
    private const int InlineWrites = 32;

    private readonly IClientSocket _socket;
    private readonly int _maxFrames;
    private readonly long _maxBytes;
    private readonly Action<CloseCause> _closing;
    private readonly Lock _gate = new();

    private Ring _waiting;
    private long _bytes;
    private bool _writing;
    private volatile State _state;
    private CloseCause _cause;

    // Made when first needed: most connections idle, and there are many.
    private TaskCompletionSource? _closed;
    private Action? _writeCompleted;

    // Only the writer touches these.
    private Frame _current;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;

    /// <summary>Creates the queue of an open socket.</summary>
    /// <param name="socket">Where frames go.</param>
    /// <param name="maxFrames">Most frames held, the one being written included.</param>
    /// <param name="maxBytes">Most bytes held, likewise.</param>
    /// <param name="closing">Called once, outside any lock, when the queue stops taking frames.</param>
    public OutboundQueue(IClientSocket socket, int maxFrames, long maxBytes, Action<CloseCause> closing)
    {
        _socket = socket;
        _maxFrames = maxFrames;
        _maxBytes = maxBytes;
        _closing = closing;
    }

    private enum State : byte
    {
        Open,
        Closing,
        Closed,
    }

    /// <summary>Whether frames are taken.</summary>
    public bool IsOpen => _state == State.Open;

    /// <summary>Completes when the close frame is written or the socket is given up.</summary>
    public Task Closed
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Closed
                    ? Task.CompletedTask
                    : (_closed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Queues a copy of a frame; over the bound, closes the connection as a slow consumer instead.</summary>
    /// <returns>False when the queue is closed or closing.</returns>
    public bool Send(ReadOnlySpan<byte> frame)
    {
        if (!IsOpen)
        {
            return false;
        }
        var copy = new Frame(ArrayPool<byte>.Shared.Rent(frame.Length), frame.Length);
        frame.CopyTo(copy.Buffer);
        bool overflow;
        lock (_gate)
        {
            overflow = _state == State.Open
                && (_waiting.Count + (_writing ? 1 : 0) >= _maxFrames || _bytes + frame.Length > _maxBytes);
            if (_state == State.Open && !overflow)
            {
                _bytes += frame.Length;
                if (_writing)
                {
                    _waiting.Enqueue(copy);
                    return true;
                }
                _writing = true;
                _current = copy;
                copy = default;
            }
        }
        if (copy.Buffer is null)
        {
            if (!WriteHold.TryHold(this))
            {
                Write(InlineWrites);
            }
            return true;
        }
        copy.Return();
        if (overflow)
        {
            Close(new CloseCause(CloseCodes.SlowConsumer, "outbound queue is full"), dropWaiting: true);
        }
        return false;
    }

    /// <summary>Stops taking frames, then closes the socket with <paramref name="cause"/>. The first call counts.</summary>
    /// <param name="cause">Code and reason of the close frame.</param>
    /// <param name="dropWaiting">Whether frames not yet written are dropped; else they go first.</param>
    /// <returns>False when the queue was closing already.</returns>
    public bool Close(CloseCause cause, bool dropWaiting = false)
    {
        bool idle;
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return false;
            }
            _state = State.Closing;
            _cause = cause;
            if (dropWaiting)
            {
                _waiting.Clear();
            }
            idle = !_writing;
            _writing = true;
        }
        _closing(cause);
        if (idle)
        {
            _ = WriteCloseAsync();
        }
        return true;
    }

    /// <summary>Gives the socket up: no further frame is written, nothing is closed. Idempotent.</summary>
    public void Abandon()
    {
        bool first;
        lock (_gate)
        {
            first = _state == State.Open;
            _state = State.Closed;
            _waiting.Clear();
            _closed?.TrySetResult();
        }
        if (first)
        {
            _closing(CloseCause.Lost);
        }
    }

    /// <summary>Gives the socket up and cuts the connection. Idempotent.</summary>
    public void Abort()
    {
        Abandon();
        _socket.Abort();
    }

    /// <summary>Writes what a <see cref="WriteHold"/> held back.</summary>
    public void WriteHeld() => Write(InlineWrites);

    void IThreadPoolWorkItem.Execute() => Write(InlineWrites);

    // Writes the current frame and those behind it. The caller is the one writer.
    private void Write(int inlineWrites)
    {
        while (true)
        {
            try
            {
                // Only the writer takes frames out, so what waits now is sent next, or the queue closes.
                var write = _socket.SendTextAsync(_current.Memory, more: _waiting.Count > 0);
                if (!write.IsCompleted)
                {
                    // By the local copy: once registered, the completion may already be replacing the field.
                    var awaiter = write.ConfigureAwait(false).GetAwaiter();
                    _write = awaiter;
                    awaiter.UnsafeOnCompleted(_writeCompleted ??= OnWriteCompleted);
                    return;
                }
                write.GetAwaiter().GetResult();
            }
            catch (Exception)
            {
                // A broken socket ends its own connection; it is no concern of the one who sends.
                Fail();
                return;
            }
            if (!Next())
            {
                return;
            }
            if (--inlineWrites == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
    }

    private void OnWriteCompleted()
    {
        try
        {
            _write.GetResult();
        }
        catch (Exception)
        {
            Fail();
            return;
        }
        if (Next())
        {
            Write(InlineWrites);
        }
    }

    // Returns the written frame and takes the next one; false when this writer is done.
    private bool Next()
    {
        var written = _current;
        bool more;
        var close = false;
        lock (_gate)
        {
            _bytes -= written.Length;
            more = _waiting.TryDequeue(out _current);
            if (!more)
            {
                // Once this is false another sender may be the writer: only locals may be looked at below.
                _writing = close = _state == State.Closing;
            }
        }
        written.Return();
        if (close)
        {
            _ = WriteCloseAsync();
        }
        return more;
    }

    private void Fail()
    {
        _current.Return();
        _current = default;
        Abort();
    }

    private async Task WriteCloseAsync()
    {
        try
        {
            await _socket.CloseAsync(_cause.Code, _cause.Reason).ConfigureAwait(false);
            lock (_gate)
            {
                _state = State.Closed;
                _closed?.TrySetResult();
            }
        }
        catch (Exception)
        {
            Abort();
        }
    }

    private readonly record struct Frame(byte[] Buffer, int Length)
    {
        public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

        public void Return()
        {
            if (Buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(Buffer);
            }
        }
    }

    // A queue that holds no memory while nothing waits in it for long.
    private struct Ring
    {
        private Frame[]? _frames;
        private int _head;

        public int Count { get; private set; }

        public void Enqueue(Frame frame)
        {
            if (_frames is null || Count == _frames.Length)
            {
                Grow();
            }
            _frames![(_head + Count) & (_frames.Length - 1)] = frame;
            Count++;
        }

        public bool TryDequeue(out Frame frame)
        {
            if (Count == 0)
            {
                frame = default;
                return false;
            }
            frame = _frames![_head];
            _frames[_head] = default;
            _head = (_head + 1) & (_frames.Length - 1);
            Count--;
            return true;
        }

        public void Clear()
        {
            while (TryDequeue(out var frame))
            {
                frame.Return();
            }
            _frames = null;
        }

        private void Grow()
        {
            var larger = new Frame[_frames is null ? 8 : _frames.Length * 2];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = _frames![(_head + i) & (_frames.Length - 1)];
            }
            _frames = larger;
            _head = 0;
        }
    }
}

/// <summary>Why a connection closes: the code and reason its close frame bears.</summary>
internal readonly record struct CloseCause(int Code, string Reason)
{
    /// <summary>The connection broke; no close frame says so.</summary>
    public static readonly CloseCause Lost = new(0, "");
}
