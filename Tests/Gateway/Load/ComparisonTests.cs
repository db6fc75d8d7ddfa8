using Camdiv.Tests.Kit;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Reports;

namespace Camdiv.Tests.Gateway.Load;

/// <summary>Two comparisons: what they agree on, and that one of them may have been read from its report.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void Ratios_agree_when_their_ranges_over_the_rounds_meet()
    {
        var now = Rounds((30, 60), (40, 60));
        Assert.Equal([true], now.Against(Rounds((36, 60), (60, 60))).Select(row => row.Agree));
        Assert.Equal([false], now.Against(Rounds((42, 60), (60, 60))).Select(row => row.Agree));
        Assert.Equal("CPU a frame, product / baseline", Assert.Single(now.Against(now)).Figure);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1 / 3.0)]
    [InlineData(3, 2, 0.2)]
    [InlineData(5, 5, 2 / 252.0)]
    public void The_fewer_the_rounds_the_likelier_ranges_miss_by_chance(int rounds, int others, double expected)
    {
        var (now, then) = (Rounds(new (double, double)[rounds]), Rounds(new (double, double)[others]));
        Assert.Equal(expected, now.MissByChance(then), 10);
    }

    [Fact]
    public void A_figure_that_only_one_of_them_took_is_left_out()
    {
        var other = new Comparison();
        other.Add("another", "us", "product", 0, 1);
        other.Add("another", "us", "baseline", 0, 1);
        Assert.Empty(Rounds((1, 1)).Against(other));
    }

    [Fact]
    public async Task A_report_gives_its_comparison_back()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "report");
        var written = Rounds((30, 60), (40, 60));
        await ReportFiles.WriteAsync(path, [], written);
        var read = await ReportFiles.ReadComparisonAsync(path + ".json");
        Assert.Equal(written.Rows(), read.Rows());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("no json")]
    public async Task What_is_no_report_is_refused_with_its_path(string text)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "other.json");
        await File.WriteAllTextAsync(path, text);
        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => ReportFiles.ReadComparisonAsync(path));
        Assert.Contains(path, problem.Message);
    }

    private static Comparison Rounds(params (double Product, double Baseline)[] rounds)
    {
        var comparison = new Comparison();
        for (var round = 0; round < rounds.Length; round++)
        {
            comparison.Add("CPU a frame", "us", "product", round, rounds[round].Product, goalBaseline: 0.6);
            comparison.Add("CPU a frame", "us", "baseline", round, rounds[round].Baseline);
        }
        return comparison;
    }
}
