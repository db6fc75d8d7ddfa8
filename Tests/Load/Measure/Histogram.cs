using System.Numerics;

namespace Camdiv.Tests.Load.Measure;

/// <summary>
/// Counts values by size, log-linear: exact below 256, within 0.8 % above, 58 kB for any range. The idea is HdrHistogram's.
/// </summary>
public sealed class Histogram
{
    private const int Bits = 7;
    private const int Half = 1 << Bits;
    private readonly long[] _counts = new long[(65 - Bits) * Half];

    /// <summary>How many values were counted.</summary>
    public long Count { get; private set; }

    /// <summary>The largest value, exactly.</summary>
    public long Max { get; private set; }

    /// <summary>The mean of the values.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    private double Sum { get; set; }

    /// <summary>Counts a value; negative ones count as 0.</summary>
    public void Record(long value)
    {
        value = Math.Max(0, value);
        _counts[Index(value)]++;
        Count++;
        Sum += value;
        Max = Math.Max(Max, value);
    }

    /// <summary>The value that a share of all values does not exceed: 0.99 for the 99th percentile. 0 when empty.</summary>
    public long Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * Count);
        for (var i = 0; i < _counts.Length && rank > 0; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
            {
                return Math.Min(Max, HighestOf(i));
            }
        }
        return Count == 0 ? 0 : Max;
    }

    /// <summary>Adds another histogram's values.</summary>
    public void Add(Histogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
        Count += other.Count;
        Sum += other.Sum;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Sum, Max) = (0, 0, 0);
    }

    private static int Index(long value)
    {
        var shift = Math.Max(0, 63 - Bits - BitOperations.LeadingZeroCount((ulong)value));
        return (shift * Half) + (int)(value >> shift);
    }

    private static long HighestOf(int index)
    {
        var shift = Math.Max(0, (index / Half) - 1);
        return ((long)(index - (shift * Half) + 1) << shift) - 1;
    }
}
