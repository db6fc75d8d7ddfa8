namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>Whom a user meets first: shared interest, then shared language, then anyone.</summary>
public sealed class PreferenceTests
{
    private readonly PoolScript _script = new();

    [Fact]
    public void TwoWithoutWishesMeetAtOnce()
    {
        Assert.Null(_script.Add("ann"));
        Assert.Equal("ann+bob", _script.Add("bob"));
        Assert.Equal(0, _script.Pool.Count);
    }

    [Fact]
    public void SharedInterestMeetsAtOnce()
    {
        Assert.Null(_script.Add("ann", likes: ["chess"]));
        Assert.Equal("ann+bob", _script.Add("bob", likes: ["go", "chess"]));
    }

    [Fact]
    public void SharedLanguageMeetsAtOnce()
    {
        Assert.Null(_script.Add("ann", speaks: ["de-AT"]));
        Assert.Equal("ann+bob", _script.Add("bob", speaks: ["en", "de"]));
    }

    [Fact]
    public void SharedInterestGoesBeforeASharedLanguageThatWaitsLonger()
    {
        Assert.Null(_script.Add("lang", speaks: ["de"]));
        _script.Skip(100);
        Assert.Null(_script.Add("hobby", likes: ["chess"]));
        Assert.Equal("hobby+new", _script.Add("new", likes: ["chess"], speaks: ["de"]));
    }

    [Fact]
    public void SharedLanguageGoesBeforeAnyoneThatWaitsLonger()
    {
        Assert.Null(_script.Add(_script.Ticket("anyone", blocks: ["lang"], waitedMs: 60_000)));
        Assert.Null(_script.Add(_script.Ticket("lang", speaks: ["de"], waitedMs: 5_000)));
        Assert.Equal("lang+new", _script.Add(_script.Ticket("new", speaks: ["de"], waitedMs: 4_000)));
    }

    [Fact]
    public void AmongSharedInterestsTheLongestWaitingComesFirst()
    {
        Assert.Null(_script.Add(_script.Ticket("late", likes: ["go"], waitedMs: 10)));
        Assert.Null(_script.Add(_script.Ticket("early", likes: ["chess"], waitedMs: 20)));
        Assert.Equal("early+new", _script.Add("new", likes: ["go", "chess"]));
    }

    [Fact]
    public void AmongSharedLanguagesTheLongestWaitingComesFirst()
    {
        Assert.Null(_script.Add(_script.Ticket("late", speaks: ["en"], waitedMs: 10)));
        Assert.Null(_script.Add(_script.Ticket("early", speaks: ["de"], waitedMs: 20)));
        Assert.Equal("early+new", _script.Add("new", speaks: ["en", "de"]));
    }

    [Fact]
    public void AmongAnyoneTheLongestWaitingComesFirst()
    {
        Assert.Null(_script.Add(_script.Ticket("late", blocks: ["early"], waitedMs: 10)));
        Assert.Null(_script.Add(_script.Ticket("early", waitedMs: 20)));
        Assert.Equal("early+new", _script.Add("new"));
    }

    [Fact]
    public void ArrivalOrderDecidesWithinAMillisecond()
    {
        Assert.Null(_script.Add("first", blocks: ["second"]));
        Assert.Null(_script.Add("second"));
        Assert.Equal("first+new", _script.Add("new"));
    }

    [Fact]
    public void SurvivorGoesBeforeEveryoneWhoWaitsLonger()
    {
        Assert.Null(_script.Add(_script.Ticket("old", blocks: ["survivor"], waitedMs: 60_000)));
        Assert.Null(_script.Add(_script.Ticket("survivor", waitedMs: 10, front: true)));
        Assert.Equal("survivor+new", _script.Add("new"));
    }

    [Fact]
    public void AmongSurvivorsTheLongestWaitingComesFirst()
    {
        Assert.Null(_script.Add(_script.Ticket("young", blocks: ["old"], waitedMs: 10, front: true)));
        Assert.Null(_script.Add(_script.Ticket("old", blocks: ["middle"], waitedMs: 90, front: true)));
        Assert.Null(_script.Add(_script.Ticket("middle", blocks: ["young"], waitedMs: 50, front: true)));
        Assert.Equal("old+one", _script.Add("one"));
        Assert.Equal("middle+two", _script.Add("two"));
        Assert.Equal("young+three", _script.Add("three"));
    }

    [Fact]
    public void FirstOfAPairIsTheOneWhoWaitsLonger()
    {
        Assert.Null(_script.Add("waiting"));
        Assert.Equal("survivor+waiting", _script.Add(_script.Ticket("survivor", waitedMs: 50, front: true)));
    }

    [Fact]
    public void CommonNamesEverySharedInterestAndNothingElse()
    {
        _script.Add("ann", likes: ["Chess", "tea", "go"], speaks: ["de"]);
        var pair = _script.Pool.Add(_script.Ticket("bob", likes: ["go", "rum", "chess "], speaks: ["de"]), _script.NowMs);
        Assert.NotNull(pair);
        Assert.Equal(["chess", "go"], pair.Value.Common.Order());
    }

    [Fact]
    public void CommonIsEmptyWhenOnlyALanguageIsShared()
    {
        _script.Add("ann", likes: ["tea"], speaks: ["de"]);
        var pair = _script.Pool.Add(_script.Ticket("bob", likes: ["rum"], speaks: ["de"]), _script.NowMs);
        Assert.NotNull(pair);
        Assert.Empty(pair.Value.Common);
    }
}
