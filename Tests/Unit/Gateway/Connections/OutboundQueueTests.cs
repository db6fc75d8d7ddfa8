using System.Text;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Protocol;

namespace Camdiv.Tests.Unit.Gateway.Connections;

public sealed class OutboundQueueTests
{
    private readonly FakeSocket _socket = new();
    private readonly List<CloseCause> _closings = [];

    [Fact]
    public void An_idle_queue_writes_on_the_senders_thread()
    {
        var queue = Queue();
        Assert.True(queue.Send("one"u8));
        Assert.Equal(["one"], Sent());
        Assert.True(queue.IsOpen);
    }

    [Fact]
    public void Frames_behind_a_slow_write_go_in_order_one_at_a_time()
    {
        var queue = Queue();
        _socket.Hold();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(queue.Send(Bytes(i)));
        }
        Assert.Equal(["0"], Sent());
        _socket.ReleaseOne();
        SpinUntil(() => _socket.Frames.Count == 2);
        Assert.Equal(["0", "1"], Sent());
        _socket.Release();
        SpinUntil(() => _socket.Frames.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), Sent());
        Assert.False(_socket.Overlapped);
        // The queue is idle again: the next frame is written at once.
        queue.Send("after"u8);
        SpinUntil(() => _socket.Frames.Count == 101);
    }

    [Fact]
    public void Too_many_frames_close_it_as_a_slow_consumer()
    {
        var queue = Queue(frames: 8);
        _socket.Hold();
        for (var i = 0; i < 8; i++)
        {
            Assert.True(queue.Send(Bytes(i)));
        }
        Assert.False(queue.Send("9"u8));
        Assert.False(queue.IsOpen);
        Assert.Equal(CloseCodes.SlowConsumer, Assert.Single(_closings).Code);
        Assert.False(queue.Send("10"u8));
        // The write under way is finished, the rest dropped, and the close frame follows it.
        _socket.Release();
        SpinUntil(() => _socket.CloseCode is not null);
        Assert.Equal(["0"], Sent());
        Assert.Equal(CloseCodes.SlowConsumer, _socket.CloseCode);
        Assert.False(_socket.Overlapped);
    }

    [Fact]
    public void Too_many_bytes_close_it_as_a_slow_consumer()
    {
        var queue = Queue(bytes: 1000);
        _socket.Hold();
        Assert.True(queue.Send(new byte[400]));
        Assert.True(queue.Send(new byte[600]));
        Assert.False(queue.Send(new byte[1]));
        Assert.Equal(CloseCodes.SlowConsumer, Assert.Single(_closings).Code);
    }

    [Fact]
    public void Written_bytes_count_no_more()
    {
        var queue = Queue(frames: 8, bytes: 1000);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(queue.Send(new byte[1000]));
        }
        Assert.Empty(_closings);
    }

    [Fact]
    public void A_close_waits_for_the_frames_before_it()
    {
        var queue = Queue();
        _socket.Hold();
        queue.Send("a"u8);
        queue.Send("b"u8);
        Assert.True(queue.Close(new CloseCause(4409, "")));
        Assert.False(queue.Close(new CloseCause(1000, "")));
        Assert.False(queue.Send("late"u8));
        Assert.Null(_socket.CloseCode);
        _socket.Release();
        SpinUntil(() => queue.Closed.IsCompleted);
        Assert.Equal(["a", "b"], Sent());
        Assert.Equal(4409, _socket.CloseCode);
        Assert.Equal(4409, Assert.Single(_closings).Code);
    }

    [Fact]
    public void An_idle_queue_closes_at_once()
    {
        var queue = Queue();
        queue.Close(new CloseCause(1012, ""));
        Assert.True(queue.Closed.IsCompleted);
        Assert.Equal(1012, _socket.CloseCode);
    }

    [Fact]
    public void A_broken_socket_is_cut_and_its_sender_unharmed()
    {
        var queue = Queue();
        _socket.Broken = true;
        queue.Send("x"u8);
        Assert.False(queue.IsOpen);
        Assert.False(queue.Send("y"u8));
        Assert.True(_socket.IsAborted);
        Assert.True(queue.Closed.IsCompleted);
        Assert.Equal(CloseCause.Lost, Assert.Single(_closings));
    }

    [Fact]
    public void An_abort_ends_a_write_that_never_would()
    {
        var queue = Queue();
        _socket.Hold();
        queue.Send("stuck"u8);
        queue.Send("behind"u8);
        queue.Close(new CloseCause(4413, ""));
        queue.Abort();
        Assert.True(_socket.IsAborted);
        Assert.True(queue.Closed.IsCompleted);
        Assert.Equal(["stuck"], Sent());
        Assert.Single(_closings);
    }

    [Fact]
    public async Task Many_senders_keep_their_own_order_and_one_writer()
    {
        const int Senders = 4, Each = 5_000;
        var queue = Queue(frames: Senders * Each, bytes: long.MaxValue);
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                Assert.True(queue.Send(Encoding.ASCII.GetBytes($"{sender} {i}")));
                // One sender alone holds the socket: two at once would lose each other's held write in the fake.
                if (sender == 0 && i % 1000 == 0)
                {
                    _socket.Hold();
                    _socket.Release();
                }
            }
        })));
        SpinUntil(() => _socket.Frames.Count == Senders * Each);
        Assert.False(_socket.Overlapped);
        var next = new int[Senders];
        foreach (var frame in Sent())
        {
            var parts = frame.Split(' ');
            var sender = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal($"{next[sender]++}", parts[1]);
        }
    }

    [Fact]
    public void Steady_traffic_allocates_nothing()
    {
        var queue = new OutboundQueue(new NullSocket(), 256, 1 << 20, _ => { });
        var frame = new byte[1500];
        Run();
        // The least of several runs: the runtime's own caches grow on whatever thread needs them, a frame costs every run.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Run()));

        long Run()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10_000; i++)
            {
                queue.Send(frame);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private OutboundQueue Queue(int frames = 256, long bytes = 1 << 20) => new(_socket, frames, bytes, _closings.Add);

    private List<string> Sent() => [.. _socket.Frames.Select(frame => Encoding.UTF8.GetString(frame))];

    private static byte[] Bytes(int i) => Encoding.ASCII.GetBytes($"{i}");

    // Continuations of a released write may run on the pool; there is nothing to await but their effect.
    private static void SpinUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)));

    private sealed class NullSocket : IClientSocket
    {
        public Camdiv.Gateway.Connections.Metering.InputMeter Input => throw new NotSupportedException();

        public ValueTask<System.Net.WebSockets.ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer) =>
            throw new NotSupportedException();

        public ValueTask SendTextAsync(ReadOnlyMemory<byte> frame, bool more) => ValueTask.CompletedTask;

        public ValueTask CloseAsync(int code, string reason) => ValueTask.CompletedTask;

        public void Tick()
        {
        }

        public void Abort()
        {
        }

        public void AbortAfter(TimeSpan timeout, TimeProvider time)
        {
        }
    }
}
