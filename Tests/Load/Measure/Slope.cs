namespace Camdiv.Tests.Load.Measure;

/// <summary>Growth of a figure over time.</summary>
internal static class Slope
{
    /// <summary>The slope of the line that fits best by least squares, in units an hour.</summary>
    /// <param name="samples">Seconds and figures; at least two different times.</param>
    public static double PerHour(IReadOnlyCollection<(double At, double Figure)> samples)
    {
        var (at, figure) = (samples.Average(s => s.At), samples.Average(s => s.Figure));
        return samples.Sum(s => (s.At - at) * (s.Figure - figure)) / samples.Sum(s => (s.At - at) * (s.At - at)) * 3600;
    }
}
