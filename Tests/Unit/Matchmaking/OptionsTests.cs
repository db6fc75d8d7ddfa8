using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking;

/// <summary>The rules' numbers are checked, every one of them, all at once.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void DefaultsAreValid() => Assert.Empty(new MatchmakingOptions().Problems());

    [Fact]
    public void EveryNumberIsChecked()
    {
        var options = new MatchmakingOptions();
        var numbers = typeof(MatchmakingOptions).GetProperties();
        foreach (var number in numbers)
        {
            number.SetValue(options, -1);
        }
        Assert.Equal(numbers.Select(number => number.Name).Order(), options.Problems().Select(p => p.Property).Order());
        foreach (var number in numbers)
        {
            number.SetValue(options, int.MaxValue);
        }
        Assert.Equal(numbers.Length, options.Problems().Count());
    }

    [Fact]
    public void ProblemNamesBoundsAndValue()
    {
        var (property, problem) = Assert.Single(new MatchmakingOptions { AckMs = 99 }.Problems());
        Assert.Equal(("AckMs", "must be from 100 to 60000, not 99"), (property, problem));
    }
}
