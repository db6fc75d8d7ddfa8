namespace Camdiv.Matchmaking;

/// <summary>
/// Unix milliseconds that never jump: the wall clock read once, then carried on by the monotonic timestamp, so that a
/// clock step neither ends every grace at once nor freezes it.
/// </summary>
public sealed class Clock
{
    private readonly long _startMs;
    private readonly long _startStamp;

    /// <summary>Starts the clock at <paramref name="time"/>'s present.</summary>
    public Clock(TimeProvider time)
    {
        Provider = time;
        _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _startStamp = time.GetTimestamp();
    }

    /// <summary>The provider behind this clock; timers come from it.</summary>
    public TimeProvider Provider { get; }

    /// <summary>Now, in Unix milliseconds.</summary>
    public long NowMs => _startMs + (long)Provider.GetElapsedTime(_startStamp).TotalMilliseconds;
}
