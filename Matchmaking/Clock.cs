namespace Camdiv.Matchmaking;

/// <summary>
/// Unix milliseconds that never jump: the wall clock read once, then carried on by the monotonic timestamp, so that a
/// clock step neither ends every grace at once nor freezes it. One per process; clocks of two processes differ, so what
/// travels between them is an age (<see cref="AgeOf"/>) or a rest (<see cref="RestUntil"/>), never a moment.
/// </summary>
public sealed class Clock
{
    private const int MostReadings = 16;
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(0.5);

    private readonly long _startMs;
    private readonly long _startStamp;

    /// <summary>Starts the clock at <paramref name="time"/>'s present.</summary>
    public Clock(TimeProvider time)
    {
        Provider = time;
        (_startMs, _startStamp) = ReadTogether(time);
    }

    /// <summary>The provider behind this clock; timers come from it.</summary>
    public TimeProvider Provider { get; }

    /// <summary>Now, in Unix milliseconds.</summary>
    public long NowMs => _startMs + (long)Provider.GetElapsedTime(_startStamp).TotalMilliseconds;

    /// <summary>How long ago a moment of this clock was, in whole ms; at least 0.</summary>
    /// <remarks>
    /// Rounded so that it is never too long: who began after another was known at a third process sorts behind it there,
    /// be it by a fraction of a millisecond.
    /// </remarks>
    public long AgeOf(long momentMs) => Math.Max(0, NowMs - momentMs - 1);

    /// <summary>The moment of this clock that lies <paramref name="ageMs"/> back; what an age of another process means here.</summary>
    public long MomentOf(long ageMs) => NowMs - ageMs;

    /// <summary>How long it is until a moment of this clock, in ms; 0 when it has passed.</summary>
    public long RestUntil(long momentMs) => Math.Max(0, momentMs - NowMs);

    /// <summary>The moment of this clock at which a rest is over; what a rest of another process means here.</summary>
    public long EndOf(long restMs) => NowMs + restMs;

    // A thread may lose its core between two readings for longer than people wait; such a pair is read again. The
    // closest of all counts on a machine so busy that none is close.
    private static (long WallMs, long Stamp) ReadTogether(TimeProvider time)
    {
        var (wallMs, stamp, apart) = (0L, 0L, TimeSpan.MaxValue);
        for (var i = 0; i < MostReadings && apart > Together; i++)
        {
            var before = time.GetTimestamp();
            var wall = time.GetUtcNow();
            var after = time.GetTimestamp();
            if (time.GetElapsedTime(before, after) is var took && took < apart)
            {
                (wallMs, stamp, apart) = (wall.ToUnixTimeMilliseconds(), before + (after - before) / 2, took);
            }
        }
        return (wallMs, stamp);
    }
}
