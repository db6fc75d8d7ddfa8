namespace Camdiv.Tests.Kit;

/// <summary>Another machine's clock: the wall clock is off, time goes by as fast.</summary>
/// <param name="inner">The true time.</param>
/// <param name="by">How far the clock is ahead; negative when it is behind.</param>
public sealed class ShiftedTimeProvider(TimeProvider inner, TimeSpan by) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + by;

    /// <inheritdoc/>
    public override long GetTimestamp() => inner.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
