using System.Text.Json;
using Camdiv.Gateway.Turn;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary><c>turn bill</c>.</summary>
public sealed class TurnBillTests
{
    [Fact]
    public void The_bill_is_the_formula()
    {
        // 1,000 minutes, a tenth of the sides relayed: 200 side minutes, 12,000 s; 1,000 kbit/s both ways and 10 % on top.
        var lines = TurnBill.Estimate(new TurnUsage(
            1_000, 0.9, 1_000, 0.1, [new("ams", 3, 0.01), new("nyc", 1, 0.1)]));
        Assert.Equal(150, lines[0].LegMinutes, 6);
        Assert.Equal(50, lines[1].LegMinutes, 6);
        Assert.Equal(150 * 60 * 2 * 1_000 * 1.1 / 8 / 1e6, lines[0].SentGb, 9);
        Assert.Equal(lines[0].SentGb * 0.01, lines[0].Cost, 9);
        Assert.Equal(lines[1].SentGb * 0.1, lines[1].Cost, 9);
    }

    [Fact]
    public async Task The_command_shows_formula_figures_and_total()
    {
        var (code, output, error) = await TurnCli.RunAsync(
            "bill", "--call-minutes", "1000000", "--direct", "85", "--region", "ams=60@0.01", "--region", "nyc=40@0.08");
        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Contains("(1 - direct share)", output, StringComparison.Ordinal);
        Assert.Matches(@"ams\s+180,000\s+3,434\.4\s+0\.0100\s+34\.34", output);
        Assert.Matches(@"total\s+300,000\s+5,724\.0\s+217\.51", output);
    }

    [Fact]
    public async Task Programs_read_it_as_json()
    {
        var (_, output, _) = await TurnCli.RunAsync("bill", "--json", "--call-minutes", "60", "--direct", "50", "--price", "1");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(
            json.RootElement.GetProperty("sentGb").GetDouble(), json.RootElement.GetProperty("cost").GetDouble(), 9);
        Assert.Equal(60, json.RootElement.GetProperty("regions")[0].GetProperty("sideMinutes").GetDouble());
    }

    [Theory]
    [InlineData("bill", "--direct", "90")]
    [InlineData("bill", "--call-minutes", "5")]
    [InlineData("bill", "--call-minutes", "5", "--direct", "101")]
    [InlineData("bill", "--call-minutes", "5", "--direct", "90", "--region", "ams=x")]
    public async Task Missing_and_wrong_figures_are_told(params string[] arguments)
    {
        var (code, _, error) = await TurnCli.RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.NotEqual("", error);
    }
}
