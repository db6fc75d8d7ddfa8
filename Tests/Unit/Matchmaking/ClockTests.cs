using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Matchmaking;

/// <summary>A clock that does not jump, is not off by what its start took, and hands on ages that order holds by.</summary>
public sealed class ClockTests
{
    [Fact]
    public void Follows_the_monotonic_time_whatever_the_wall_clock_does()
    {
        var time = new SteppingTime();
        var clock = new Clock(time);
        var start = clock.NowMs;
        time.Elapsed = TimeSpan.FromSeconds(5);
        time.Step = TimeSpan.FromHours(-3);
        Assert.Equal(start + 5_000, clock.NowMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Wall_clock_and_stamp_belong_together_wherever_the_thread_lost_its_core(int reading)
    {
        var time = new SteppingTime { PauseAfter = reading, Pause = TimeSpan.FromMilliseconds(30) };
        var clock = new Clock(time);
        Assert.InRange(clock.NowMs - time.GetUtcNow().ToUnixTimeMilliseconds(), -1, 0);
    }

    [Fact]
    public void Where_no_two_readings_are_close_the_closest_count()
    {
        var time = new SteppingTime { Always = TimeSpan.FromMilliseconds(4) };
        var clock = new Clock(time);
        time.Always = TimeSpan.Zero;
        Assert.InRange(clock.NowMs - time.GetUtcNow().ToUnixTimeMilliseconds(), -1, 1);
    }

    [Fact]
    public void An_age_means_the_same_on_a_clock_that_is_5_s_behind()
    {
        var time = new ManualTimeProvider();
        var (here, there) = (new Clock(time), new Clock(new ShiftedTimeProvider(time, TimeSpan.FromSeconds(-5))));
        var (begun, end) = (here.NowMs, here.NowMs + 10_000);
        time.Advance(TimeSpan.FromMilliseconds(1_500));
        var (age, rest) = (here.AgeOf(begun), here.RestUntil(end));
        Assert.InRange(there.NowMs - there.MomentOf(age), 1_499, 1_500);
        Assert.Equal(8_500, there.EndOf(rest) - there.NowMs);
        Assert.Equal(0, here.AgeOf(end));
        Assert.Equal(0, here.RestUntil(begun));
    }

    // Each process rounds its own milliseconds at its own instants; the property is what "searching" promises.
    [Fact]
    public void Who_begins_after_another_is_known_sorts_behind_whatever_the_ways_take()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var time = new ManualTimeProvider();
            Clock Start()
            {
                time.Advance(TimeSpan.FromTicks(random.Next(20_000)));
                return new Clock(new ShiftedTimeProvider(time, TimeSpan.FromTicks(random.NextInt64(-100_000_000, 100_000_000))));
            }

            var (first, second, queue) = (Start(), Start(), Start());
            long Arrive(Clock from)
            {
                var begun = from.NowMs;
                time.Advance(TimeSpan.FromTicks(random.Next(random.Next(40_000))));
                var age = from.AgeOf(begun);
                time.Advance(TimeSpan.FromTicks(random.Next(random.Next(40_000))));
                return queue.MomentOf(age);
            }

            var earlier = Arrive(first);
            time.Advance(TimeSpan.FromTicks(random.Next(3)));
            var later = Arrive(second);
            Assert.True(earlier <= later, $"round {i}: {earlier} and then {later}");
        }
    }

    /// <summary>A machine on which a reading may take long, and whose wall clock may be set.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private int _readings;

        public TimeSpan Elapsed { get; set; }

        public TimeSpan Step { get; set; }

        /// <summary>The reading (from 0) after which the thread loses its core for <see cref="Pause"/>.</summary>
        public int PauseAfter { get; init; } = -1;

        public TimeSpan Pause { get; init; }

        /// <summary>What every reading takes.</summary>
        public TimeSpan Always { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Read().Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50) + Read() + Step;

        private TimeSpan Read()
        {
            var now = Elapsed;
            Elapsed += Always + (_readings++ == PauseAfter ? Pause : TimeSpan.Zero);
            return now;
        }
    }
}
