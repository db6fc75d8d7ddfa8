using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections.Framing;
using Camdiv.Gateway.Connections.Metering;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>What a socket does between frames: pings, backpressure, held writes, closing.</summary>
public sealed class FramedSocketTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly EchoServer.Lifetime _lifetime = new();
    // Inline, so that what follows from a write has happened when the write is done.
    private readonly Pipe _in = new(new PipeOptions(readerScheduler: PipeScheduler.Inline));
    private readonly Pipe _out = new(new PipeOptions(
        pauseWriterThreshold: 1_000, resumeWriterThreshold: 1, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));

    private readonly GatewayLimits _limits = new();
    private readonly InputMeter _meter;
    private readonly FramedSocket _socket;

    public FramedSocketTests()
    {
        _meter = new InputMeter(_limits, _time);
        _socket = new FramedSocket(
            new EchoServer.Transport(_in.Reader, _out.Writer),
            _lifetime,
            new KeepAliveTimes(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30)),
            _meter,
            _time);
    }

    [Fact]
    public void A_silent_client_is_pinged_once_and_cut_when_it_stays_silent()
    {
        Pass(14.9);
        Assert.Empty(Sent());
        Pass(0.1);
        Pass(1);
        Assert.Equal(["ping "], Sent());
        Pass(13.9);
        Assert.False(_lifetime.IsAborted);
        Pass(0.1);
        Assert.True(_lifetime.IsAborted);
    }

    [Fact]
    public async Task Whatever_a_client_sends_shows_that_it_lives()
    {
        Pass(15);
        await ClientSendsAsync(Frames.Frame(Frames.Pong, ""));
        var receive = _socket.ReceiveAsync(Memory<byte>.Empty);
        Pass(14.9);
        Assert.Equal(["ping "], Sent());
        Pass(0.1);
        Assert.Equal(["ping "], Sent());
        Assert.False(_lifetime.IsAborted);
        await ClientSendsAsync(Frames.Frame(Frames.Text, "x"));
        Assert.Equal(WebSocketMessageType.Text, (await receive.AsTask().WaitAsync(Patience)).MessageType);
    }

    [Fact]
    public async Task A_message_that_another_follows_waits_for_it()
    {
        await _socket.SendTextAsync("a"u8.ToArray(), more: true);
        await _socket.SendTextAsync("b"u8.ToArray(), more: true);
        Assert.Empty(Sent());
        await _socket.SendTextAsync("c"u8.ToArray(), more: false);
        Assert.Equal(["text 61", "text 62", "text 63"], Sent());
        await _socket.SendTextAsync("d"u8.ToArray(), more: true);
        await _socket.CloseAsync(1012, "draining");
        Assert.Equal(["text 64", "close 1012"], Sent());
    }

    [Fact]
    public async Task While_the_client_does_not_read_nothing_piles_up_and_the_latest_ping_is_answered()
    {
        var large = new byte[2_000];
        var stuck = _socket.SendTextAsync(large, more: false).AsTask();
        Assert.False(stuck.IsCompleted);
        var receive = _socket.ReceiveAsync(Memory<byte>.Empty);
        for (var i = 0; i < 100; i++)
        {
            await ClientSendsAsync(Frames.Frame(Frames.Ping, $"{i}"));
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
        var next = _socket.SendTextAsync("next"u8.ToArray(), more: false).AsTask();
        Assert.False(next.IsCompleted);

        var seen = new List<string>();
        while (!(stuck.IsCompleted && next.IsCompleted))
        {
            seen.AddRange(await DrainAsync());
        }
        seen.AddRange(Sent());

        await stuck;
        await next;
        Assert.Equal(["text " + Frames.Words(large), "pong " + Frames.Words("99"), "text " + Frames.Words("next")], seen);
        Assert.False(receive.IsCompleted);
    }

    [Fact]
    public async Task Of_pings_that_come_together_the_latest_is_answered_with_what_goes_out_next()
    {
        await ClientSendsAsync([.. Frames.Frame(Frames.Ping, "a"), .. Frames.Frame(Frames.Ping, "b"), .. Frames.Frame(Frames.Text, "x"), .. Frames.Frame(Frames.Ping, "c")]);
        Assert.Equal(WebSocketMessageType.Text, (await _socket.ReceiveAsync(Memory<byte>.Empty)).MessageType);
        Assert.Empty(Sent());
        await _socket.SendTextAsync("y"u8.ToArray(), more: false);
        Assert.Equal(["pong 62", "text 79"], Sent());
        Assert.Equal(1, (await _socket.ReceiveAsync(new byte[10])).Count);
        // Nothing more was read, so the last one need not wait.
        var receive = _socket.ReceiveAsync(Memory<byte>.Empty);
        Assert.Equal(["pong 63"], Sent());
        Assert.False(receive.IsCompleted);
    }

    [Theory]
    [InlineData(Frames.Ping)]
    [InlineData(Frames.Pong)]
    public async Task Control_frames_without_end_give_the_thread_back(int opcode)
    {
        var frame = Frames.Frame(opcode, "");
        await ClientSendsAsync([.. Enumerable.Repeat(frame, ThreadTurn.MostUnits + 10).SelectMany(bytes => bytes), .. Frames.Frame(Frames.Text, "x")]);
        var receive = _socket.ReceiveAsync(Memory<byte>.Empty);
        // All of it is there: only because the turn is over does this wait.
        Assert.False(receive.IsCompleted);
        Assert.Equal(WebSocketMessageType.Text, (await receive.AsTask().WaitAsync(Patience)).MessageType);
    }

    [Fact]
    public async Task Fragments_without_end_give_the_thread_back()
    {
        var fragments = Enumerable.Range(0, ThreadTurn.MostUnits + 10).SelectMany(i => Frames.Frame(i == 0 ? Frames.Text : Frames.Continuation, "x", final: false));
        await ClientSendsAsync([.. fragments]);
        var buffer = new byte[1];
        for (var i = 0; i < ThreadTurn.MostUnits - 1; i++)
        {
            var receive = _socket.ReceiveAsync(buffer);
            Assert.True(receive.IsCompleted, $"fragment {i} is there and the turn is not over");
            Assert.Equal(1, (await receive).Count);
        }
        var late = _socket.ReceiveAsync(buffer);
        Assert.False(late.IsCompleted);
        Assert.Equal(1, (await late.AsTask().WaitAsync(Patience)).Count);
    }

    [Fact]
    public async Task Who_is_slowed_is_read_at_a_slow_pace_to_the_close_frame()
    {
        await _socket.CloseAsync(4400, "misuse");
        _meter.Slow();
        await ClientSendsAsync([.. Frames.Frame(Frames.Ping, "a"), .. Frames.Closing(4400)]);
        var receive = _socket.ReceiveAsync(Memory<byte>.Empty).AsTask();
        Assert.False(receive.IsCompleted);
        await Until.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return receive.IsCompleted;
            },
            "the close frame read after a pause");
        Assert.Equal(WebSocketMessageType.Close, (await receive).MessageType);
        Assert.Equal(["close 4400"], Sent());
    }

    [Fact]
    public async Task A_fault_while_the_client_does_not_read_is_told_later()
    {
        var stuck = _socket.SendTextAsync(new byte[2_000], more: false).AsTask();
        await ClientSendsAsync(Frames.Frame(Frames.Text, "x", rsv: 1));
        var fault = await Assert.ThrowsAsync<WebSocketException>(
            () => _socket.ReceiveAsync(Memory<byte>.Empty).AsTask().WaitAsync(Patience));
        Assert.Equal(WebSocketError.Faulted, fault.WebSocketErrorCode);
        var seen = await DrainAsync();
        await stuck.WaitAsync(Patience);
        Assert.Equal("close 1002", seen.Concat(Sent()).Last());
    }

    [Fact]
    public async Task Nothing_follows_a_close_frame()
    {
        await _socket.CloseAsync(4400, "misuse");
        await _socket.SendTextAsync("late"u8.ToArray(), more: false);
        await _socket.CloseAsync(1000, "");
        await ClientSendsAsync(Frames.Frame(Frames.Ping, "late"));
        await ClientSendsAsync(Frames.Closing(4400));
        var received = await _socket.ReceiveAsync(Memory<byte>.Empty).AsTask().WaitAsync(Patience);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(["close 4400"], Sent());
    }

    [Fact]
    public async Task An_abort_ends_a_pending_receive()
    {
        var receive = _socket.ReceiveAsync(Memory<byte>.Empty).AsTask();
        _socket.Abort();
        await Assert.ThrowsAsync<OperationCanceledException>(() => receive.WaitAsync(Patience));
        Assert.True(_lifetime.IsAborted);
    }

    [Fact]
    public async Task A_client_that_is_gone_fails_the_send()
    {
        await _out.Reader.CompleteAsync();
        await Assert.ThrowsAsync<WebSocketException>(() => _socket.SendTextAsync("x"u8.ToArray(), more: false).AsTask());
    }

    [Fact]
    public async Task What_is_over_writes_no_more_into_the_transport()
    {
        _socket.AbortAfter(TimeSpan.FromSeconds(2), _time);
        await Assert.ThrowsAsync<WebSocketException>(async () => await _socket.SendTextAsync("x"u8.ToArray(), more: false));
        await _socket.CloseAsync(1000, "");
        _socket.Tick();
        Assert.Empty(Sent());
    }

    [Fact]
    public void Frames_in_and_out_allocate_nothing()
    {
        var frame = Frames.Frame(Frames.Text, new string('x', 900));
        var buffer = new byte[4_096];
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        // The pools below the pipes may still make a block or two; the smallest object for each frame were 48 kB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);

        void Run()
        {
            for (var i = 0; i < 2_000; i++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(15));
                _in.Writer.Write(frame);
                Done(_in.Writer.FlushAsync());
                Done(_socket.ReceiveAsync(Memory<byte>.Empty));
                var part = _socket.ReceiveAsync(buffer);
                Assert.True(part.IsCompletedSuccessfully, "the whole frame is there");
                Assert.True(_socket.SendTextAsync(buffer.AsMemory(0, part.Result.Count), more: false).IsCompletedSuccessfully, "the pipe has room");
                _out.Reader.TryRead(out var read);
                _out.Reader.AdvanceTo(read.Buffer.End);
            }
        }

        static void Done<T>(ValueTask<T> task)
        {
            Assert.True(task.IsCompletedSuccessfully, "nothing has to wait");
            _ = task.Result;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_frameworks_client_understands_all_of_it(int seed)
    {
        var random = new Random(seed);
        var fromClient = new Pipe();
        var toClient = new Pipe();
        var server = new FramedSocket(
            new EchoServer.Transport(fromClient.Reader, toClient.Writer), _lifetime, new KeepAliveTimes(Patience * 2, Patience * 3), EchoServer.Unbounded(), TimeProvider.System);
        var served = EchoServer.ServeAsync(server, [], 4_096);
        using var client = WebSocket.CreateFromStream(
            new DuplexStream(toClient.Reader.AsStream(), fromClient.Writer.AsStream()),
            new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });
        using var limit = new CancellationTokenSource(Patience);
        for (var i = 0; i < 100; i++)
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é日", random.Next(20_000))));
            var cut = random.Next(text.Length);
            var sending = Task.Run(
                async () =>
                {
                    await client.SendAsync(text.AsMemory(0, cut), WebSocketMessageType.Text, endOfMessage: false, limit.Token);
                    await client.SendAsync(text.AsMemory(cut), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
                },
                limit.Token);
            var echo = new MemoryStream();
            var buffer = new byte[8_192];
            ValueWebSocketReceiveResult part;
            do
            {
                part = await client.ReceiveAsync(buffer.AsMemory(), limit.Token);
                echo.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            await sending;
            Assert.Equal(text, echo.ToArray());
        }
        await client.CloseAsync((WebSocketCloseStatus)4321, "done", limit.Token);
        Assert.Equal("close", await served.WaitAsync(Patience));
        Assert.Equal((WebSocketCloseStatus)4321, client.CloseStatus);
    }

    private void Pass(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _socket.Tick();
    }

    private async Task ClientSendsAsync(byte[] bytes) => await _in.Writer.WriteAsync(bytes);

    private async Task<List<string>> DrainAsync()
    {
        var read = await _out.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        return Take(read.Buffer);
    }

    private List<string> Sent() => _out.Reader.TryRead(out var read) ? Take(read.Buffer) : [];

    private List<string> Take(ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.ToArray();
        _out.Reader.AdvanceTo(buffer.End);
        return Frames.Describe(bytes);
    }

    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
