using Camdiv.Gateway.Ice;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Ice;

public sealed class RequestBudgetTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Each_key_has_its_own_budget_that_refills()
    {
        var budget = new RequestBudget<string>(2, Minute, _time);
        Assert.True(budget.TryTake("a", out _));
        Assert.True(budget.TryTake("a", out _));
        Assert.False(budget.TryTake("a", out var retryAfter));
        Assert.True(budget.IsSpent("a"));
        Assert.Equal(30, retryAfter.TotalSeconds, 0.01);
        Assert.True(budget.TryTake("b", out _));
        Assert.False(budget.IsSpent("b"));
        _time.Advance(retryAfter);
        Assert.True(budget.TryTake("a", out _));
        Assert.False(budget.TryTake("a", out _));
    }

    [Fact]
    public void A_budget_never_holds_more_than_its_burst()
    {
        var budget = new RequestBudget<string>(3, Minute, _time);
        Assert.True(budget.TryTake("a", out _));
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => budget.TryTake("a", out TimeSpan _)));
    }

    [Fact]
    public void Full_buckets_are_forgotten()
    {
        var budget = new RequestBudget<int>(1, Minute, _time);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(budget.TryTake(i, out _));
        }
        _time.Advance(Minute);
        for (var i = 0; i < 500; i++)
        {
            budget.TryTake(-1, out _);
        }
        Assert.Equal(1, budget.Count);
    }

    [Fact]
    public void Newcomer_200001_is_served_and_whoever_overdid_it_stays_refused()
    {
        var budget = new RequestBudget<int>(2, Minute, _time);
        Assert.True(budget.TryTake(-1, out _));
        Assert.True(budget.TryTake(-1, out _));
        for (var i = 0; i < RequestBudget.MaxKeys; i++)
        {
            Assert.True(budget.TryTake(i, out _), $"newcomer {i} was refused");
        }
        Assert.Equal(RequestBudget.MaxKeys, budget.Count);
        Assert.True(budget.TryTake(int.MaxValue, out _), "newcomer 200,001 was refused");
        Assert.Equal(RequestBudget.MaxKeys, budget.Count);
        Assert.False(budget.TryTake(-1, out _), "the emptiest bucket was given up for a newcomer");
    }

    [Fact]
    public void Buckets_that_were_used_since_do_not_pass_for_full_ones()
    {
        var budget = new RequestBudget<int>(3, Minute, _time);
        for (var i = 0; i < RequestBudget.MaxKeys; i++)
        {
            Assert.True(budget.TryTake(i, out _));
        }
        // The oldest ten are the emptiest now.
        for (var i = 0; i < 10; i++)
        {
            Assert.True(budget.TryTake(i, out _));
            Assert.True(budget.TryTake(i, out _));
        }
        for (var i = 1; i <= 100; i++)
        {
            Assert.True(budget.TryTake(-i, out _));
        }
        Assert.All(Enumerable.Range(0, 10), i => Assert.False(budget.TryTake(i, out TimeSpan _)));
    }
}
