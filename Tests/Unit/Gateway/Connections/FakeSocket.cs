using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Connections.Metering;

namespace Camdiv.Tests.Unit.Gateway.Connections;

/// <summary>
/// A socket in memory. The test plays the client: it feeds frames, and decides whether writes complete at once. Two
/// writes at the same time fail the test.
/// </summary>
internal sealed class FakeSocket : IClientSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<(byte[] Bytes, WebSocketMessageType Type, bool End)> _incoming =
        Channel.CreateUnbounded<(byte[], WebSocketMessageType, bool)>();

    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (byte[] Bytes, WebSocketMessageType Type, bool End)? _part;
    private int _offset;
    private int _writers;
    private volatile TaskCompletionSource? _held;

    public InputMeter Input { get; } = new(new GatewayLimits(), TimeProvider.System);

    /// <summary>Everything sent, in order.</summary>
    public ConcurrentQueue<byte[]> Frames { get; } = new();

    /// <summary>For each of <see cref="Frames"/>, whether it was told that another follows.</summary>
    public ConcurrentQueue<bool> Followed { get; } = new();

    /// <summary>The close code sent, if one was.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>Whether the connection was cut.</summary>
    public bool IsAborted => _aborted.Task.IsCompleted;

    /// <summary>Completes when the connection is cut.</summary>
    public Task Aborted => _aborted.Task.WaitAsync(Patience);

    /// <summary>Whether two writes ever overlapped.</summary>
    public bool Overlapped { get; private set; }

    /// <summary>Sizes of the buffers that receives were given.</summary>
    public ConcurrentQueue<int> ReceiveSizes { get; } = new();

    /// <summary>Whether every write fails.</summary>
    public bool Broken { get; set; }

    /// <summary>From now on the client does not read: writes stay pending.</summary>
    public void Hold() => _held = new TaskCompletionSource();

    /// <summary>The client reads again: completes the pending write, on this thread.</summary>
    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>Completes the pending write; the next one stays pending again.</summary>
    public void ReleaseOne()
    {
        var held = _held;
        _held = new TaskCompletionSource();
        held?.SetResult();
    }

    /// <summary>The client sends a frame, whole or as a fragment.</summary>
    public void Receive(string text, bool end = true) => Receive(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, end);

    /// <summary>The client sends a frame.</summary>
    public void Receive(byte[] bytes, WebSocketMessageType type, bool end = true) => _incoming.Writer.TryWrite((bytes, type, end));

    /// <summary>The client sends a close frame.</summary>
    public void ReceiveClose() => Receive([], WebSocketMessageType.Close);

    /// <summary>The connection breaks.</summary>
    public void Break(WebSocketError how = WebSocketError.ConnectionClosedPrematurely) =>
        Break(new WebSocketException(how));

    /// <summary>Reading fails.</summary>
    public void Break(Exception exception) => _incoming.Writer.TryComplete(exception);

    /// <summary>The next frame sent, or <c>close CODE</c>.</summary>
    public async Task<string> NextAsync() => await _sent.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer)
    {
        ReceiveSizes.Enqueue(buffer.Length);
        if (_part is null)
        {
            using var stop = new CancellationTokenSource();
            var read = _incoming.Reader.ReadAsync(stop.Token).AsTask();
            if (await Task.WhenAny(read, _aborted.Task) != read)
            {
                await stop.CancelAsync();
                throw new OperationCanceledException("aborted");
            }
            try
            {
                _part = await read;
            }
            catch (ChannelClosedException closed) when (closed.InnerException is { } broken)
            {
                throw broken;
            }
            _offset = 0;
        }
        var part = _part.Value;
        var count = Math.Min(buffer.Length, part.Bytes.Length - _offset);
        part.Bytes.AsSpan(_offset, count).CopyTo(buffer.Span);
        _offset += count;
        var done = _offset == part.Bytes.Length;
        if (done)
        {
            _part = null;
        }
        return new ValueWebSocketReceiveResult(count, part.Type, done && part.End);
    }

    public ValueTask SendTextAsync(ReadOnlyMemory<byte> frame, bool more)
    {
        if (Broken || IsAborted)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
        Overlapped |= Interlocked.Increment(ref _writers) != 1;
        Frames.Enqueue(frame.ToArray());
        Followed.Enqueue(more);
        _sent.Writer.TryWrite(Encoding.UTF8.GetString(frame.Span));
        if (_held is not { } held)
        {
            Interlocked.Decrement(ref _writers);
            return ValueTask.CompletedTask;
        }
        return new ValueTask(WaitAsync(held.Task));
    }

    public ValueTask CloseAsync(int code, string reason)
    {
        Overlapped |= Interlocked.Increment(ref _writers) != 1;
        CloseCode = code;
        _sent.Writer.TryWrite($"close {code}");
        Interlocked.Decrement(ref _writers);
        return ValueTask.CompletedTask;
    }

    public void Tick()
    {
    }

    public void Abort() => _aborted.TrySetResult();

    public void AbortAfter(TimeSpan timeout, TimeProvider time)
    {
    }

    private async Task WaitAsync(Task held)
    {
        var ended = await Task.WhenAny(held, _aborted.Task);
        Interlocked.Decrement(ref _writers);
        if (ended != held)
        {
            throw new OperationCanceledException("aborted");
        }
    }
}
