using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Sessions;

/// <summary>
/// Blocks are bounded: per user the oldest goes; over all users those of a network that has too many, then who never talked
/// with anybody, then the longest untouched.
/// </summary>
public sealed class BlockTests
{
    private static readonly UserId[] Users = [.. Enumerable.Range(0, 10).Select(i => new UserId($"u{i}"))];

    [Fact]
    public void SetKeepsItsOrderAndNoDoubles()
    {
        var set = BlockSet.From([Users[2], Users[1], Users[2]]);
        Assert.Equal([Users[2], Users[1]], set.Ordered.ToArray());
        Assert.Same(set, set.Add(Users[1], 10));
        Assert.True(set.Contains(Users[1]));
        Assert.False(set.Contains(Users[3]));
    }

    [Fact]
    public void OldestBlockGoesAtTheBound()
    {
        var set = BlockSet.Empty;
        foreach (var user in Users)
        {
            set = set.Add(user, 3);
        }
        Assert.Equal(Users[7..], set.Ordered.ToArray());
        Assert.False(set.Contains(Users[0]));
    }

    [Fact]
    public void LongestUntouchedUserIsForgottenAtTheBound()
    {
        var book = new BlockBook(2);
        var some = BlockSet.From([Users[9]]);
        book.Set(Users[0], some);
        book.Set(Users[1], some);
        Assert.Same(some, book.Get(Users[0]));
        book.Set(Users[2], some);
        Assert.Same(BlockSet.Empty, book.Get(Users[1]));
        Assert.Same(some, book.Get(Users[0]));
        Assert.Equal(1, book.Forgotten);
    }

    [Fact]
    public void ThrowAwayIdentitiesOfOneNetworkEvictOnlyEachOther()
    {
        var book = new BlockBook(new MatchmakingOptions().MaxBlockingUsers);
        var some = BlockSet.From([Users[9]]);
        book.Set(Users[0], some, new AddressPrefix(1));
        for (var i = 0; i < 100_000; i++)
        {
            book.Set(new UserId($"throw-away{i}"), some, new AddressPrefix(2));
        }
        Assert.Same(some, book.Get(Users[0], new AddressPrefix(1)));
        Assert.Same(BlockSet.Empty, book.Get(new UserId("throw-away0")));
        Assert.Same(some, book.Get(new UserId("throw-away99999")));
        Assert.Equal(100_000 - (100_000 / EvictionOrder.Shares), book.Forgotten);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThrowAwayIdentitiesOfManyNetworksEvictNobodyWhoHasTalked(bool later)
    {
        var book = new BlockBook(1_000);
        var some = BlockSet.From([Users[9]]);
        book.Set(Users[0], some, new AddressPrefix(1), proven: !later);
        if (later)
        {
            book.Prove(Users[0]);
        }
        for (var i = 0; i < 10_000; i++)
        {
            book.Set(new UserId($"throw-away{i}"), some, new AddressPrefix(2 + (ulong)(i % 500)));
        }
        Assert.Same(some, book.Get(Users[0]));
    }

    [Fact]
    public void WhoMovesToAnotherNetworkCountsThere()
    {
        var order = new EvictionOrder(1_000);
        for (var i = 0; i < 100; i++)
        {
            order.Touch(new UserId($"u{i}"), new AddressPrefix(1), proven: false);
            order.Touch(new UserId($"u{i}"), new AddressPrefix((ulong)(2 + i)), proven: false);
            Assert.False(order.TryTakeExcess(new UserId($"u{i}"), out _));
        }
        for (var i = 0; i <= order.MostPerPrefix; i++)
        {
            order.Touch(new UserId($"v{i}"), new AddressPrefix(1), proven: i == 0);
        }
        Assert.True(order.TryTakeExcess(new UserId("v1"), out var excess));
        Assert.Equal("v1", excess.Value.Value);
        Assert.Equal(100 + order.MostPerPrefix, order.Count);
    }

    [Fact]
    public void ChangesAreHandedOutOnceWithTheNewestState()
    {
        var book = new BlockBook(2);
        book.Set(Users[0], BlockSet.From([Users[8]]));
        book.Set(Users[0], BlockSet.From([Users[8], Users[9]]));
        book.Set(Users[1], BlockSet.From([Users[9]]));
        book.Set(Users[2], BlockSet.From([Users[9]]));
        var changes = new List<(UserId User, UserId[] Blocked)>();
        book.TakeChanges(changes);
        var byUser = changes.ToDictionary(change => change.User, change => change.Blocked.Length);
        // The first was forgotten at the bound, which its copy must learn too.
        Assert.Equal([(Users[0], 0), (Users[1], 1), (Users[2], 1)], byUser.Select(p => (p.Key, p.Value)).Order());
        changes.Clear();
        book.TakeChanges(changes);
        Assert.Empty(changes);
    }
}
