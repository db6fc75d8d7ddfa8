using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>Who may not meet: the blocked, the last partner for a while, oneself.</summary>
public sealed class ExclusionTests
{
    private readonly PoolScript _script = new();

    [Fact]
    public void TheOneWhoWaitsBlockedTheArrival()
    {
        Assert.Null(_script.Add("ann", blocks: ["bob"]));
        Assert.Null(_script.Add("bob"));
    }

    [Fact]
    public void TheArrivalBlockedTheOneWhoWaits()
    {
        Assert.Null(_script.Add("ann"));
        Assert.Null(_script.Add("bob", blocks: ["ann"]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void BlockHoldsForSharedWishesToo(bool interest, bool language)
    {
        string[]? likes = interest ? ["chess"] : null;
        string[]? speaks = language ? ["de"] : null;
        Assert.Null(_script.Add("ann", likes, speaks, blocks: ["bob"]));
        Assert.Null(_script.Add("bob", likes, speaks));
        Assert.Equal("ann+eve", _script.Add("eve", likes, speaks));
    }

    [Fact]
    public void BlockIsNotRelaxedByTime()
    {
        Assert.Null(_script.Add("ann", likes: ["chess"], blocks: ["bob"]));
        Assert.Null(_script.Add("bob", likes: ["chess"]));
        Assert.Empty(_script.Wait(60_000));
        Assert.Equal(2, _script.Pool.Count);
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("bob")]
    public void LastPartnerIsAvoidedWhicheverSideRemembers(string who)
    {
        Assert.Null(_script.Add(_script.Ticket("ann", avoids: who == "ann" ? "bob" : null, waitedMs: 1)));
        Assert.Null(_script.Add(_script.Ticket("bob", avoids: who == "bob" ? "ann" : null)));
        Assert.Empty(_script.Wait(9_800));
        Assert.Equal(["ann+bob"], _script.Wait(400));
    }

    [Fact]
    public void LastPartnerIsAvoidedUntilBothSidesRelax()
    {
        Assert.Null(_script.Add(_script.Ticket("ann", avoids: "bob", avoidsForMs: 1_000, waitedMs: 1)));
        Assert.Null(_script.Add(_script.Ticket("bob", avoids: "ann", avoidsForMs: 5_000)));
        Assert.Empty(_script.Wait(4_800));
        Assert.Equal(["ann+bob"], _script.Wait(400));
    }

    [Fact]
    public void SomebodyElseIsMetAtOnceDuringTheCooldown()
    {
        Assert.Null(_script.Add(_script.Ticket("ann", avoids: "bob")));
        Assert.Null(_script.Add(_script.Ticket("bob", avoids: "ann")));
        Assert.Equal("ann+eve", _script.Add("eve"));
    }

    [Fact]
    public void LastPartnerWithTheSameInterestComesBackAfterTheCooldown()
    {
        Assert.Null(_script.Add(_script.Ticket("ann", likes: ["chess"], avoids: "bob")));
        Assert.Null(_script.Add(_script.Ticket("bob", likes: ["chess"], avoids: "ann")));
        Assert.Empty(_script.Wait(9_800));
        Assert.Equal(["ann+bob"], _script.Wait(400));
    }

    [Fact]
    public void NobodyMeetsOneself()
    {
        Assert.Null(_script.Add("ann", likes: ["chess"]));
        Assert.Null(_script.Add("ann", likes: ["chess"]));
        Assert.Equal(1, _script.Pool.Count);
        Assert.Empty(_script.Wait(20_000));
    }

    [Fact]
    public void EverybodyBlockedEverybodyAndThePassEnds()
    {
        const int People = 200;
        var names = Enumerable.Range(0, People).Select(i => $"u{i}").ToArray();
        for (var i = 0; i < People; i++)
        {
            Assert.Null(_script.Add(names[i], likes: ["chess"], blocks: [.. names.Skip(i + 1)]));
        }
        Assert.Empty(_script.Wait(20_000));
        Assert.Equal(People, _script.Pool.Count);
        Assert.Equal("u0+eve", _script.Add("eve", likes: ["chess"]));
    }

    [Fact]
    public void TwoMutuallyBlockedDoNotKeepOthersWaiting()
    {
        Assert.Null(_script.Add("ann", blocks: ["bob"]));
        Assert.Null(_script.Add("bob", blocks: ["ann"]));
        Assert.Equal("ann+eve", _script.Add("eve"));
        Assert.Equal("bob+dan", _script.Add("dan"));
    }

    [Fact]
    public void PassPutsOffWhatIsOverItsBoundAndThenGetsToIt()
    {
        // Cooldowns against an absent partner make tickets due without making them meet.
        var clique = Enumerable.Range(0, 40).Select(i => $"c{i}").ToArray();
        Assert.All(clique, (name, i) => Assert.Null(_script.Add(name, blocks: [.. clique.Skip(i + 1)])));
        for (var i = 0; i < WaitingPool.MaxDuePerPass + 1_000; i++)
        {
            Assert.Null(_script.Add($"u{i}", likes: [$"interest{i}"]));
        }
        _script.Skip(3_200);
        var first = _script.Pass().Length;
        Assert.InRange(first, 1, WaitingPool.MaxDuePerPass);
        Assert.Equal(1_000, _script.Pool.Deferred);
        _script.Pass();
        Assert.Equal(1_000, _script.Pool.Deferred);
        Assert.Equal(0, _script.Pool.Count % 2);
        Assert.InRange(_script.Pool.Count, 0, 40);
    }
}
