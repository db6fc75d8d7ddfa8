using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Ice;

public sealed class CredentialBudgetTests
{
    private static readonly AddressPrefix Here = new(1);
    private static readonly AddressPrefix There = new(2);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Identities_count_not_requests()
    {
        var budget = new CredentialBudget(2, _time);
        var (ann, bob, cid) = (UserId.New(), UserId.New(), UserId.New());
        for (var i = 0; i < 10; i++)
        {
            Assert.True(budget.TryTake(Here, ann, out _));
        }
        Assert.True(budget.TryTake(Here, bob, out _));
        Assert.False(budget.TryTake(Here, cid, out var retryAfter));
        Assert.Equal(30, retryAfter.TotalMinutes, 0.01);
        Assert.True(budget.TryTake(Here, ann, out _));
        Assert.True(budget.TryTake(There, cid, out _));
    }

    [Fact]
    public void Who_was_refused_holds_nothing()
    {
        var budget = new CredentialBudget(1, _time);
        Assert.True(budget.TryTake(Here, UserId.New(), out _));
        var ann = UserId.New();
        Assert.False(budget.TryTake(Here, ann, out _));
        Assert.False(budget.TryTake(Here, ann, out var retryAfter));
        _time.Advance(retryAfter);
        Assert.True(budget.TryTake(Here, ann, out _));
    }
}
