using Camdiv.Gateway.Storage;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Unit.Gateway.Storage;

public sealed class ReportCountsTests
{
    private static readonly AddressPrefix Home = new(1);

    private readonly ManualTimeProvider _time = new();
    private readonly ReportCounts _counts;

    public ReportCountsTests() => _counts = new ReportCounts(perIdentity: 2, perAddress: 5, _time);

    [Fact]
    public void An_identity_and_an_address_have_so_many_a_day()
    {
        Assert.Equal([null, null, "identity"], Take(Home, "a", "a", "a"));
        Assert.Equal([null, null, null, "address", "address"], Take(Home, "b", "b", "c", "c", "d"));
        Assert.Equal([null], Take(new AddressPrefix(2), "d"));
        _time.Advance(TimeSpan.FromHours(24));
        Assert.Equal([null], Take(Home, "a"));
    }

    [Fact]
    public void Without_an_address_the_identity_counts() =>
        Assert.Equal([null, null, "identity"], Take(default, "a", "a", "a"));

    [Fact]
    public void What_is_given_back_may_be_taken_again()
    {
        Take(Home, "a", "a");
        _counts.GiveBack(Home, new UserId("a"));
        Assert.Equal([null, "identity"], Take(Home, "a", "a"));
    }

    [Fact]
    public void Who_comes_late_in_a_flood_of_addresses_shares_one_count()
    {
        for (var i = 1; i <= 100_000; i++)
        {
            Assert.Null(_counts.Take(new AddressPrefix((ulong)i), new UserId($"u{i}")));
        }
        Assert.Equal([null, null, "identity"], [.. Enumerable.Range(200_000, 3).Select(
            i => _counts.Take(new AddressPrefix((ulong)i), new UserId($"u{i}")))]);
    }

    private List<string?> Take(AddressPrefix from, params string[] users) =>
        [.. users.Select(user => _counts.Take(from, new UserId(user)))];
}
