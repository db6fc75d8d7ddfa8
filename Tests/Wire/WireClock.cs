using System.Diagnostics;

namespace Camdiv.Tests.Wire;

/// <summary>The one clock of every log in a process: monotonic microseconds, so that logs of many clients compare.</summary>
public static class WireClock
{
    /// <summary>Microseconds since an arbitrary point.</summary>
    public static long Now =>
        Stopwatch.Frequency == 1_000_000_000L
            ? Stopwatch.GetTimestamp() / 1_000
            : (long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency));

    /// <summary>A duration in the clock's unit.</summary>
    public static long Micros(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A number of the clock as a duration.</summary>
    public static TimeSpan Span(long micros) => TimeSpan.FromMicroseconds(micros);
}
