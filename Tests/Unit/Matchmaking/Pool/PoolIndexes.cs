using System.Reflection;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>Looks inside a pool: every member is in exactly the lists it belongs to, in order, and nobody else is.</summary>
internal static class PoolIndexes
{
    public static void AssertConsistent(WaitingPool pool)
    {
        var members = Field<Dictionary<UserId, Waiting>>(pool, "_byUser");
        Assert.All(members, member => Assert.Equal(member.Key, member.Value.Ticket.User));
        Assert.All(members.Values, member => Assert.True(member.InPool));
        var everybody = Field<WaitingIndex>(pool, "_everybody");
        var networks = Field<Dictionary<AddressPrefix, Network>>(Field<NetworkBook>(pool, "_networks"), "_byPrefix");
        AssertIndex(everybody, members.Values);
        Assert.All(networks.Values, network =>
        {
            AssertIndex(network.Index, members.Values);
            AssertList(network.Offered, members.Values.Where(member => member.Network == network && member.Index == everybody));
            AssertList(network.Held, members.Values.Where(member => member.Network == network && member.Index == network.Index));
        });
        Assert.Equal(members.Values.Count(member => member.Index != everybody), pool.HeldBack);
        Assert.All(members.Values, member => Assert.True(member.Network is null || !member.Ticket.Proven));
    }

    private static void AssertIndex(WaitingIndex index, IEnumerable<Waiting> all)
    {
        var members = all.Where(member => member.Index == index).ToArray();
        AssertKeys(members, Field<Dictionary<string, WaitingList>>(index, "_byInterest"), ticket => ticket.Request.Interests);
        AssertKeys(members, Field<Dictionary<string, WaitingList>>(index, "_byLanguage"), ticket => ticket.Request.Languages);
        AssertList(index.Open, members.Where(member => member.Open.List is not null));
    }

    private static void AssertKeys(
        IReadOnlyCollection<Waiting> members,
        Dictionary<string, WaitingList> index,
        Func<Ticket, IEnumerable<string>> keys)
    {
        var expected = members.SelectMany(member => keys(member.Ticket).Select(key => (key, member.Ticket.Id))).Order();
        var actual = index.SelectMany(list => Walk(list.Value).Select(member => (list.Key, member.Ticket.Id))).Order();
        Assert.Equal(expected, actual);
        Assert.DoesNotContain(index.Values, list => list.IsEmpty);
    }

    private static void AssertList(WaitingList list, IEnumerable<Waiting> members) =>
        Assert.Equal(members.Select(member => member.Ticket.Id).Order(), Walk(list).Select(member => member.Ticket.Id).Order());

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

    private static T Field<T>(object owner, string name) =>
        (T)owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;
}
