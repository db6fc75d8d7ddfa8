using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>What the people of one network may do to others before they have proved themselves.</summary>
public sealed class NetworkTests
{
    private const int Ghosts = 1;
    private const int Places = 4;
    private const int HoldMs = 6_000;
    private const int PauseMs = 3_000;

    private readonly PoolScript _script = new();

    [Fact]
    public void OnlySoManyOfANetworkAreOfferedToOthers()
    {
        var ghosts = Enemies(10);
        Assert.Equal(10 - Places, _script.Pool.HeldBack);
        for (var i = 0; i < Places; i++)
        {
            Assert.Equal($"g{i}+p{i}", Come($"p{i}", 10 + i));
        }
        Assert.Null(Come("p4", 14));
        Assert.Equal("p4+p5", Come("p5", 15));
        Assert.Equal(ghosts.Length - Places, _script.Pool.HeldBack);
    }

    [Fact]
    public void PlacesComeBackInOrderWhenAMatchProvedNothing()
    {
        Enemies(10);
        for (var i = 0; i < Places; i++)
        {
            Come($"p{i}", 10 + i);
        }
        Assert.Null(Come("late", 20));
        Assert.Empty(_script.Wait(HoldMs - 400));
        Assert.Equal(["g4+late"], _script.Wait(600));
    }

    [Fact]
    public void ProofGivesThePlaceBackAtOnce()
    {
        Enemies(10);
        for (var i = 0; i < Places; i++)
        {
            Come($"p{i}", 10 + i);
        }
        Assert.Null(Come("late", 20));
        Judge("g0", Ghosts, good: true);
        Assert.Equal(["g4+late"], _script.Wait(200));
    }

    [Fact]
    public void AFailureTakesAllOfTheNetworkOutForAPauseThatDoubles()
    {
        Enemies(20);
        for (var pause = PauseMs; pause <= PauseMs << NetworkRules.MostDoublings; pause *= 2)
        {
            Judge("g0", Ghosts, good: false);
            Judge("g1", Ghosts, good: false);
            Assert.Equal(_script.Pool.Count, _script.Pool.HeldBack);
            Assert.Null(Come("alone", 10));
            Assert.Empty(_script.Wait(pause - 400));
            Assert.Single(_script.Wait(600));
            // One at a time from now on.
            Assert.Null(Come("alone", 10));
            Assert.Empty(_script.Wait(HoldMs - 800));
            Assert.True(_script.Pool.Remove(new("alone")));
        }
    }

    [Fact]
    public void FailuresAreForgottenWithTime()
    {
        Enemies(10);
        Judge("g0", Ghosts, good: false);
        _script.Wait(PauseMs + Network.DecayMs + 400);
        Assert.Equal(10 - Places, _script.Pool.HeldBack);
    }

    [Fact]
    public void WhoHasProvedGoodIsNotBounded()
    {
        Enemies(10);
        Judge("g0", Ghosts, good: false);
        Assert.Null(_script.Add(_script.Ticket("neighbour", from: Ghosts, proven: true, blocks: [.. Names(10)])));
        Assert.Equal("neighbour+ann", Come("ann", 10));
    }

    [Fact]
    public void ASchoolBehindOneAddressMeetsAtOnce()
    {
        for (var i = 0; i < 100; i += 2)
        {
            Assert.Null(Come($"s{i}", Ghosts));
            Assert.Equal($"s{i}+s{i + 1}", Come($"s{i + 1}", Ghosts));
        }
        Judge("s0", Ghosts, good: false);
        Assert.Null(Come("s0", Ghosts));
        Assert.Equal("s0+s1", Come("s1", Ghosts));
    }

    [Fact]
    public void HeldNeighboursKeepTheirPreferences()
    {
        Judge("s", Ghosts, good: false);
        Assert.Null(_script.Add(_script.Ticket("chess", likes: ["chess"], from: Ghosts)));
        Assert.Null(_script.Add(_script.Ticket("go", likes: ["go"], from: Ghosts)));
        Assert.Equal("go+both", _script.Add(_script.Ticket("both", likes: ["go"], from: Ghosts)));
        Assert.Null(_script.Add(_script.Ticket("anyone", from: Ghosts)));
        Assert.Equal(["chess+anyone"], _script.Wait(2_999 + 201));
    }

    [Fact]
    public void WhereAddressesAreNotKnownNothingIsBounded()
    {
        Assert.All(Names(20), (name, i) => Assert.Null(_script.Add(name, blocks: [.. Names(20).Skip(i + 1)])));
        Judge("g0", 0, good: false);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal($"g{i}+p{i}", _script.Add($"p{i}"));
        }
    }

    [Fact]
    public void ProvenIsPreferredToWhoWaitsLonger()
    {
        Assert.Null(_script.Add(_script.Ticket("new", blocks: ["known"], waitedMs: 900)));
        Assert.Null(_script.Add(_script.Ticket("known", waitedMs: 10, proven: true)));
        Assert.Equal("known+ann", _script.Add("ann"));
    }

    [Fact]
    public void SurvivorsMeetEachOtherBeforeNewcomers()
    {
        Assert.Null(_script.Add(_script.Ticket("new", blocks: ["survivor"], waitedMs: 900)));
        Assert.Null(_script.Add(_script.Ticket("survivor", waitedMs: 10, front: true)));
        Assert.Equal("survivor+other", _script.Add(_script.Ticket("other", front: true)));
    }

    [Fact]
    public void NetworksOfWhomNothingIsLeftAreForgotten()
    {
        for (var i = 0; i < 2_000; i++)
        {
            Come("one", 10 + (2 * i));
            Come("other", 11 + (2 * i));
        }
        for (var i = 0; i < 1_000; i++)
        {
            _script.Wait(200);
        }
        Assert.Equal(0, _script.Networks);
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"g{i}")];

    private string[] Enemies(int count)
    {
        var names = Names(count);
        Assert.All(names, (name, i) => Assert.Null(_script.Add(_script.Ticket(name, blocks: names[(i + 1)..], from: Ghosts))));
        return names;
    }

    private string? Come(string name, int from) => _script.Add(_script.Ticket(name, from: from));

    private void Judge(string name, int from, bool good) =>
        _script.Pool.Judge(new Conduct(new(name), new AddressPrefix((ulong)from), good), _script.NowMs);
}
