using System.Text;
using Camdiv.Gateway.Connections;

namespace Camdiv.Tests.Unit.Gateway.Connections;

public sealed class WriteHoldTests
{
    private readonly FakeSocket _socket = new();
    private readonly List<CloseCause> _closings = [];

    [Fact]
    public void Frames_relayed_in_a_row_leave_together_in_order()
    {
        var queue = Queue(_socket);
        var hold = new WriteHold(256, 1 << 20);
        Relay(ref hold, queue, "a", "b", "c");
        Assert.Empty(_socket.Frames);
        hold.Release();
        Assert.Equal(["a", "b", "c"], Sent());
        Assert.Equal([true, true, false], _socket.Followed);
        queue.Send("alone"u8);
        Assert.Equal(4, _socket.Frames.Count);
    }

    [Fact]
    public void A_frame_between_two_relays_is_not_held()
    {
        var queue = Queue(_socket);
        var hold = new WriteHold(256, 1 << 20);
        hold.Begin(1);
        hold.End();
        queue.Send("server's"u8);
        Assert.Equal(["server's"], Sent());
    }

    [Fact]
    public void Another_peer_lets_the_first_ones_frames_go()
    {
        var other = new FakeSocket();
        var (first, second) = (Queue(_socket), Queue(other));
        var hold = new WriteHold(256, 1 << 20);
        Relay(ref hold, first, "a");
        Relay(ref hold, second, "b");
        Assert.Equal(["a"], Sent());
        Assert.Empty(other.Frames);
        hold.Release();
        Assert.Single(other.Frames);
    }

    [Theory]
    [InlineData(8, 1 << 20, 10)]
    [InlineData(256, 1_024, 300)]
    [InlineData(256, 65_536, 60_000)]
    [InlineData(8, 65_536, 1)]
    public void Holding_never_fills_a_queue(int frames, int bytes, int size)
    {
        var queue = new OutboundQueue(_socket, frames, bytes, _closings.Add);
        var hold = new WriteHold(frames, bytes);
        for (var i = 0; i < 1_000; i++)
        {
            hold.Begin(size);
            Assert.True(queue.Send(new byte[size]), $"frame {i} was refused");
            hold.End();
        }
        hold.Release();
        Assert.Equal(1_000, _socket.Frames.Count);
        Assert.Empty(_closings);
    }

    [Fact]
    public async Task A_close_of_a_held_queue_follows_its_frames()
    {
        var queue = Queue(_socket);
        var hold = new WriteHold(256, 1 << 20);
        Relay(ref hold, queue, "a", "b");
        queue.Close(new CloseCause(1012, ""));
        Assert.Null(_socket.CloseCode);
        hold.Release();
        await queue.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["a", "b"], Sent());
        Assert.Equal(1012, _socket.CloseCode);
    }

    private static void Relay(ref WriteHold hold, OutboundQueue queue, params string[] frames)
    {
        foreach (var frame in frames)
        {
            hold.Begin(frame.Length);
            queue.Send(Encoding.UTF8.GetBytes(frame));
            hold.End();
        }
    }

    private OutboundQueue Queue(FakeSocket socket) => new(socket, 256, 1 << 20, _closings.Add);

    private List<string> Sent() => [.. _socket.Frames.Select(frame => Encoding.UTF8.GetString(frame))];
}
