using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Connections.Metering;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Connections;

public sealed class MeteringTests : IInputWatch
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _exceeded = [];

    [Fact]
    public void Frames_beyond_burst_and_rate_are_told_once_and_slow_the_reader()
    {
        var meter = Meter(new() { FramesPerSecond = 50, FrameBurst = 200 });
        meter.Read(0);
        meter.Frames(800);
        _time.Advance(TimeSpan.FromSeconds(1));
        meter.Read(0);
        meter.Frames(200);
        Assert.Empty(_exceeded);
        Assert.False(meter.IsSlow);
        meter.Frames(1);
        meter.Frames(1);
        Assert.Equal(["frames"], _exceeded);
        Assert.True(meter.IsSlow);
    }

    [Fact]
    public void Bytes_beyond_burst_and_rate_are_told_once()
    {
        var meter = Meter(new() { BytesPerSecond = 1_024, ByteBurst = 100_000 });
        meter.Read(100_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        meter.Read(1_024);
        Assert.Empty(_exceeded);
        meter.Read(1);
        meter.Read(1_000_000);
        Assert.Equal(["bytes"], _exceeded);
    }

    [Fact]
    public void Bytes_that_come_one_by_one_count_for_the_work_they_make()
    {
        var meter = Meter(new() { ByteBurst = 100 * InputMeter.LeastReadBytes });
        for (var i = 0; i < 100; i++)
        {
            meter.Read(1);
        }
        Assert.Empty(_exceeded);
        meter.Read(1);
        Assert.Equal(["bytes"], _exceeded);
    }

    [Fact]
    public void Who_is_slowed_is_not_counted_any_more()
    {
        var meter = Meter(new());
        meter.Slow();
        meter.Read(10_000_000);
        meter.Frames(10_000_000);
        Assert.Empty(_exceeded);
    }

    [Fact]
    public async Task A_turn_ends_after_so_much_work_and_the_next_begins_on_the_pool()
    {
        var meter = Meter(new());
        meter.Read(100);
        meter.Frames(62);
        Assert.False(meter.MustYield);
        meter.Frames(1);
        Assert.True(meter.MustYield);
        await meter.YieldAsync();
        Assert.False(meter.MustYield);
        // Large reads are work, too.
        meter.Read(63 * 1_024);
        Assert.True(meter.MustYield);
    }

    [Fact]
    public void Work_that_comes_with_pauses_never_ends_a_turn()
    {
        var meter = Meter(new());
        for (var i = 0; i < 100; i++)
        {
            meter.Read(1_000);
            meter.Frames(10);
            Assert.False(meter.MustYield);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Wire_frames_are_counted_however_they_are_cut(int portion)
    {
        var random = new Random(portion);
        byte[] bytes =
        [
            .. Enumerable.Range(0, 200).SelectMany(i => RawWebSocket.Frame((byte)(i % 2 == 0 ? 0x81 : 0x89), new byte[random.Next(300)])),
            // As long as only the longest form tells.
            0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4, .. new byte[0x10000],
            .. RawWebSocket.Frame(0x8a, []),
        ];
        var counter = new WireFrameCounter();
        var frames = 0;
        for (var at = 0; at < bytes.Length; at += portion)
        {
            frames += counter.Count(bytes.AsSpan(at, Math.Min(portion, bytes.Length - at)));
        }
        Assert.Equal(202, frames);
    }

    [Fact]
    public void Noise_is_counted_as_some_frames_and_nothing_else_happens()
    {
        var random = new Random(7);
        var counter = new WireFrameCounter();
        for (var i = 0; i < 1_000; i++)
        {
            var noise = new byte[random.Next(100)];
            random.NextBytes(noise);
            Assert.InRange(counter.Count(noise), 0, noise.Length);
        }
    }

    [Fact]
    public void An_address_has_a_burst_then_a_rate()
    {
        var budget = new AddressBudget(10, 50, _time);
        Assert.Equal(50, Enumerable.Range(0, 100).Count(_ => budget.TryTake(new AddressPrefix(1))));
        Assert.True(budget.TryTake(new AddressPrefix(2)));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => budget.TryTake(new AddressPrefix(1))));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(50, Enumerable.Range(0, 100).Count(_ => budget.TryTake(new AddressPrefix(1))));
    }

    [Fact]
    public void Addresses_without_number_shut_nobody_out()
    {
        var budget = new AddressBudget(1, 1, _time);
        for (var i = 1; i <= AddressBudget.MaxKeys + 1_000; i++)
        {
            Assert.True(budget.TryTake(new AddressPrefix((ulong)i)));
        }
        Assert.False(budget.TryTake(new AddressPrefix(1)));
        // Those held are held no longer than they must be, so that the next ones count again.
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(budget.TryTake(new AddressPrefix(ulong.MaxValue)));
        Assert.False(budget.TryTake(new AddressPrefix(ulong.MaxValue)));
    }

    void IInputWatch.OnExceeded(string what) => _exceeded.Add(what);

    private InputMeter Meter(GatewayLimits limits) => new(limits, _time) { Watch = this };
}
