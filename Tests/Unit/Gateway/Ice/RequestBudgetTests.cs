using Camdiv.Gateway.Ice;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Ice;

public sealed class RequestBudgetTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Each_key_has_its_own_budget_that_refills()
    {
        var budget = new RequestBudget(2, _time);
        Assert.True(budget.TryTake("a", out _));
        Assert.True(budget.TryTake("a", out _));
        Assert.False(budget.TryTake("a", out var retryAfter));
        Assert.Equal(30, retryAfter.TotalSeconds, 0.01);
        Assert.True(budget.TryTake("b", out _));
        _time.Advance(retryAfter);
        Assert.True(budget.TryTake("a", out _));
        Assert.False(budget.TryTake("a", out _));
    }

    [Fact]
    public void Keys_are_bounded_and_forgotten_once_full()
    {
        var budget = new RequestBudget(1, _time);
        for (var i = 0; i < RequestBudget.MaxKeys; i++)
        {
            Assert.True(budget.TryTake(i.ToString(System.Globalization.CultureInfo.InvariantCulture), out _));
        }
        Assert.False(budget.TryTake("one more", out _));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(budget.TryTake("one more", out _));
    }
}
