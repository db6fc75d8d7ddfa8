using Camdiv.Tests.Load.Measure;

namespace Camdiv.Tests.Gateway.Load;

/// <summary>The histogram's percentiles against those of a sorted list.</summary>
public sealed class HistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Percentiles_are_within_one_percent_of_a_sorted_list(int seed)
    {
        var random = new Random(seed);
        var histogram = new Histogram();
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Pow(10, random.NextDouble() * 7)).ToList();
        values.ForEach(histogram.Record);
        values.Sort();
        foreach (var share in new[] { 0.001, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var exact = values[(int)Math.Ceiling(share * values.Count) - 1];
            Assert.InRange(histogram.Percentile(share), exact, exact + (exact / 100) + 1);
        }
        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(values.Average(), histogram.Mean, 3);
    }

    [Fact]
    public void Small_values_are_exact()
    {
        var histogram = new Histogram();
        for (var i = 0; i < 256; i++)
        {
            histogram.Record(i);
        }
        Assert.Equal(127, histogram.Percentile(0.5));
        Assert.Equal(255, histogram.Percentile(1));
    }

    [Fact]
    public void Extremes_are_taken()
    {
        var histogram = new Histogram();
        Assert.Equal(0, histogram.Percentile(0.99));
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal(0, histogram.Percentile(0.5));
        Assert.Equal(long.MaxValue, histogram.Percentile(1));
    }

    [Fact]
    public void A_sum_of_histograms_is_one_over_all_values()
    {
        var (odd, even, all) = (new Histogram(), new Histogram(), new Histogram());
        for (var i = 0; i < 10_000; i++)
        {
            (i % 2 == 0 ? even : odd).Record(i * 7);
            all.Record(i * 7);
        }
        odd.Add(even);
        Assert.Equal((all.Count, all.Max, all.Percentile(0.99)), (odd.Count, odd.Max, odd.Percentile(0.99)));
    }
}
