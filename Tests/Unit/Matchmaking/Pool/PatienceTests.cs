namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>Holding out for a preferred match: three seconds, then anyone.</summary>
public sealed class PatienceTests
{
    private readonly PoolScript _script = new();

    [Theory]
    [InlineData("chess", null)]
    [InlineData(null, "de")]
    public void UserWithWishesIsLeftAloneWhilePatient(string? interest, string? language)
    {
        Assert.Null(_script.Add(
            "picky", likes: interest is null ? null : [interest], speaks: language is null ? null : [language]));
        Assert.Null(_script.Add("anyone"));
        Assert.Empty(_script.Wait(2_800));
        Assert.Equal(["picky+anyone"], _script.Wait(400));
    }

    [Fact]
    public void TwoWithDifferentWishesMeetWhenBothPatiencesAreOver()
    {
        Assert.Null(_script.Add("ann", likes: ["chess"]));
        _script.Wait(1_000);
        Assert.Null(_script.Add("bob", likes: ["go"]));
        Assert.Empty(_script.Wait(2_800));
        Assert.Equal(["ann+bob"], _script.Wait(400));
    }

    [Fact]
    public void PatientArrivalDoesNotTakeAnyoneWhoWaits()
    {
        Assert.Null(_script.Add("anyone"));
        Assert.Null(_script.Add("picky", likes: ["chess"]));
        Assert.Equal(2, _script.Pool.Count);
    }

    [Fact]
    public void PatienceCountsFromTheStartOfTheSearchNotFromTheTicket()
    {
        Assert.Null(_script.Add("anyone"));
        Assert.Equal("picky+anyone", _script.Add(_script.Ticket("picky", likes: ["chess"], waitedMs: 3_000)));
    }

    [Fact]
    public void PreferredMatchIsStillPreferredAfterPatience()
    {
        Assert.Null(_script.Add(_script.Ticket("anyone", blocks: ["picky"], waitedMs: 60_000)));
        Assert.Null(_script.Add("picky", likes: ["chess"]));
        _script.Wait(3_200);
        Assert.Equal("picky+new", _script.Add(_script.Ticket("new", likes: ["chess"], waitedMs: 3_000)));
    }

    [Fact]
    public void PassPairsTheLongestWaitingFirst()
    {
        Assert.Null(_script.Add("third", likes: ["c"]));
        Assert.Null(_script.Add(_script.Ticket("first", likes: ["a"], waitedMs: 40)));
        Assert.Null(_script.Add(_script.Ticket("second", likes: ["b"], waitedMs: 20)));
        Assert.Null(_script.Add(_script.Ticket("survivor", likes: ["d"], front: true)));
        _script.Skip(3_200);
        Assert.Equal(["first+survivor", "second+third"], _script.Pass());
    }

    [Fact]
    public void WithoutPatienceAnyoneIsTakenAtOnce()
    {
        var script = new PoolScript(patienceMs: 0);
        Assert.Null(script.Add("ann", likes: ["chess"]));
        Assert.Equal("ann+bob", script.Add("bob", likes: ["go"]));
    }
}
