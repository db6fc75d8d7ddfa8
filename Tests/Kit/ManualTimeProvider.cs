namespace Camdiv.Tests.Kit;

/// <summary>A clock that stands still until a test advances it; timers fire on the way, in order of their due time.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(ManualTimer Timer, long Version), (long Due, long Order)> _due = new();
    private readonly long _epoch;
    private long _now;
    private long _order;

    /// <summary>A clock that starts at <paramref name="start"/>; 2030-01-01 when null.</summary>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        _epoch = (start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(_epoch + GetTimestamp(), TimeSpan.Zero);

    /// <summary>Moves time on; every timer that falls due runs on this thread, at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = GetTimestamp() + by.Ticks;
        while (TryTakeDue(target, out var timer))
        {
            timer.Fire();
        }
        Interlocked.Exchange(ref _now, target);
    }

    /// <summary>How long until the next timer falls due; null when none is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_lock)
            {
                while (_due.TryPeek(out var next, out var at))
                {
                    if (next.Timer.Version == next.Version)
                    {
                        return TimeSpan.FromTicks(Math.Max(0, at.Due - _now));
                    }
                    _due.Dequeue();
                }
                return null;
            }
        }
    }

    /// <summary>Moves time to when the next timer falls due and runs it; false when there is none.</summary>
    public bool AdvanceToNextTimer()
    {
        if (!TryTakeDue(long.MaxValue, out var timer))
        {
            return false;
        }
        timer.Fire();
        return true;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private bool TryTakeDue(long until, out ManualTimer timer)
    {
        lock (_lock)
        {
            while (_due.TryPeek(out var next, out var at) && at.Due <= until)
            {
                _due.Dequeue();
                if (next.Timer.Version == next.Version)
                {
                    Interlocked.Exchange(ref _now, Math.Max(_now, at.Due));
                    next.Timer.Reschedule();
                    timer = next.Timer;
                    return true;
                }
            }
        }
        timer = null!;
        return false;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long Version { get; private set; }

        public void Fire() => callback(state);

        public void Reschedule()
        {
            Version++;
            if (_period > TimeSpan.Zero)
            {
                Enqueue(_period);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                if (Version < 0)
                {
                    return false;
                }
                Version++;
                _period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Enqueue(dueTime);
                }
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                Version = long.MinValue;
                _period = Timeout.InfiniteTimeSpan;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Enqueue(TimeSpan after) =>
            clock._due.Enqueue((this, Version), (clock._now + after.Ticks, clock._order++));
    }
}
