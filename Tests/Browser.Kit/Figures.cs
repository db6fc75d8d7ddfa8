using System.Globalization;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>Durations of many rounds of the same thing.</summary>
public sealed class Figures(string what)
{
    private readonly List<double> _milliseconds = [];

    /// <summary>The middle one.</summary>
    public double Median => At(0.5);

    /// <summary>The one that 95 of 100 rounds stay below.</summary>
    public double P95 => At(0.95);

    /// <summary>One more round.</summary>
    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"[figures] {what}: median {Median:0} ms, p95 {P95:0} ms ({_milliseconds.Count} rounds)");

    private double At(double share)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }
}
