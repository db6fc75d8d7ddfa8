using System.Reflection;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>Looks inside a pool: every member is in exactly the lists it belongs to, in order, and nobody else is.</summary>
internal static class PoolIndexes
{
    public static void AssertConsistent(WaitingPool pool)
    {
        var members = Field<Dictionary<UserId, Waiting>>(pool, "_byUser");
        var interests = Field<Dictionary<string, WaitingList>>(pool, "_byInterest");
        var languages = Field<Dictionary<string, WaitingList>>(pool, "_byLanguage");
        Assert.All(members, member => Assert.Equal(member.Key, member.Value.Ticket.User));
        Assert.All(members.Values, member => Assert.True(member.InPool));
        AssertIndex(members.Values, interests, ticket => ticket.Request.Interests);
        AssertIndex(members.Values, languages, ticket => ticket.Request.Languages);
        var open = Walk(Field<WaitingList>(pool, "_open"));
        Assert.All(open, member => Assert.Same(member, members[member.Ticket.User]));
        Assert.Equal(members.Values.Count(member => member.Open.List is not null), open.Count);
    }

    private static void AssertIndex(
        IReadOnlyCollection<Waiting> members,
        Dictionary<string, WaitingList> index,
        Func<Ticket, IEnumerable<string>> keys)
    {
        var expected = members.SelectMany(member => keys(member.Ticket).Select(key => (key, member.Ticket.Id))).Order();
        var actual = index.SelectMany(list => Walk(list.Value).Select(member => (list.Key, member.Ticket.Id))).Order();
        Assert.Equal(expected, actual);
        Assert.DoesNotContain(index.Values, list => list.IsEmpty);
    }

    private static List<Waiting> Walk(WaitingList list)
    {
        var members = new List<Waiting>();
        WaitingEntry? previous = null;
        for (var entry = list.First; entry is not null; previous = entry, entry = entry.Next)
        {
            Assert.Same(list, entry.List);
            Assert.Same(previous, entry.Previous);
            members.Add(entry.Owner);
        }
        Assert.Same(previous, list.Last);
        Assert.Equal(members.Order(), members);
        return members;
    }

    private static T Field<T>(WaitingPool pool, string name) =>
        (T)typeof(WaitingPool).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(pool)!;
}
