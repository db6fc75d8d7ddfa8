namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Random durations, in microseconds.</summary>
internal static class Chance
{
    /// <summary>Exponentially distributed: the time between events that do not know of each other.</summary>
    public static long Exponential(this Random random, TimeSpan mean) =>
        (long)(-Math.Log(1 - random.NextDouble()) * mean.TotalMicroseconds);

    /// <summary>Exponentially distributed around the mean time between events of a rate.</summary>
    public static long Gap(this Random random, double perSecond) =>
        random.Exponential(TimeSpan.FromSeconds(1 / perSecond));

    /// <summary>Uniform between two durations.</summary>
    public static long Between(this Random random, double fromSeconds, double toSeconds) =>
        (long)((fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds))) * 1e6);
}
