using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>Coming into and going out of the pool.</summary>
public sealed class MembershipTests
{
    private readonly PoolScript _script = new();

    [Fact]
    public void NewTicketReplacesTheUsersFormerOne()
    {
        Assert.Null(_script.Add("ann", likes: ["chess"]));
        var second = _script.Ticket("ann", likes: ["go"]);
        Assert.Null(_script.Add(second));
        Assert.Equal(1, _script.Pool.Count);
        Assert.Same(second, _script.Pool.Find(second.User));
        Assert.Null(_script.Add("eve", likes: ["chess"]));
        Assert.Equal("ann+bob", _script.Add("bob", likes: ["go"]));
    }

    [Fact]
    public void RemovedTicketIsNeverMet()
    {
        Assert.Null(_script.Add("ann"));
        Assert.True(_script.Pool.Remove(new("ann")));
        Assert.False(_script.Pool.Remove(new("ann")));
        Assert.Null(_script.Add("bob"));
    }

    [Fact]
    public void RemoveByIdLeavesANewerTicketAlone()
    {
        var first = _script.Ticket("ann");
        Assert.Null(_script.Add(first));
        Assert.Null(_script.Add("ann"));
        Assert.False(_script.Pool.Remove(first.User, first.Id));
        Assert.Equal(1, _script.Pool.Count);
    }

    [Fact]
    public void RemoveByIdTakesThatTicket()
    {
        var ticket = _script.Ticket("ann", likes: ["chess"], speaks: ["de"]);
        Assert.Null(_script.Add(ticket));
        Assert.True(_script.Pool.Remove(ticket.User, ticket.Id));
        Assert.Empty(_script.Wait(10_000));
        Assert.Null(_script.Pool.Find(ticket.User));
    }

    [Fact]
    public void RemoveWhereTakesTheChosenAndHandsThemOver()
    {
        Assert.Null(_script.Add("ann", likes: ["a"]));
        Assert.Null(_script.Add("bob", likes: ["b"]));
        Assert.Null(_script.Add("eve", likes: ["c"]));
        var removed = new List<string>();
        _script.Pool.RemoveWhere(ticket => ticket.User.Value != "bob", ticket => removed.Add(ticket.User.Value));
        Assert.Equal(["ann", "eve"], removed.Order());
        Assert.Equal(["bob"], _script.Pool.Tickets.Select(ticket => ticket.User.Value));
        Assert.Null(_script.Add("dan", likes: ["a"]));
    }

    [Fact]
    public void PairedAreOutOfThePool()
    {
        Assert.Null(_script.Add("ann", likes: ["chess"], speaks: ["de"]));
        Assert.NotNull(_script.Add("bob", likes: ["chess"]));
        Assert.Null(_script.Pool.Find(new("ann")));
        Assert.Null(_script.Add("eve", likes: ["chess"], speaks: ["de"]));
    }

    [Fact]
    public void ReusedNodesCarryNothingOver()
    {
        for (var round = 0; round < 3; round++)
        {
            Assert.Null(_script.Add(_script.Ticket("ann", likes: ["chess"], avoids: "bob", front: true)));
            Assert.True(_script.Pool.Remove(new("ann")));
        }
        Assert.Null(_script.Add("eve"));
        Assert.Null(_script.Add("dan", likes: ["chess"]));
        Assert.Equal("dan+bob", _script.Add("bob", likes: ["chess"]));
        Assert.Equal("eve+ann", _script.Add("ann"));
    }
}
