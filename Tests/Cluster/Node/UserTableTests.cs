using Camdiv.Grains;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>The rules of a directory partition.</summary>
public sealed class UserTableTests
{
    private const int ClaimMs = 1_000;

    private static readonly UserId User = new("user");
    private static readonly HostId A = new("a");
    private static readonly HostId B = new("b");
    private static readonly HostId C = new("c");
    private static readonly SessionSnapshot Copy = new() { User = User.Value };

    private readonly HashSet<HostId> _dead = [];
    private readonly UserTable _table;

    private long _membership = 1;

    public UserTableTests() => _table = NewTable();

    [Fact]
    public void A_claimant_is_told_of_the_holder_and_a_later_one_of_the_claimant()
    {
        Assert.Equal(UserTable.Verdict.Taken, Holds(A));
        var first = _table.Claim(User, B, 0);
        var second = _table.Claim(User, C, 0);
        Assert.Equal((A, Copy, true), (first.Host!.Value, first.Copy, first.Known));
        Assert.Equal(B, second.Host);
        Assert.True(second.Number > first.Number);
    }

    [Fact]
    public void A_repeated_claim_is_told_the_same()
    {
        Holds(A);
        _table.Claim(User, B, 0);
        Assert.Equal(A, _table.Claim(User, B, 0).Host);
    }

    [Fact]
    public void Whoever_claims_what_it_held_itself_gets_no_copy()
    {
        Holds(A);
        var claim = _table.Claim(User, A, 0);
        Assert.Equal((null, null, true), (claim.Host, claim.Copy, claim.Known));
    }

    [Fact]
    public void A_claim_makes_no_holder_stale_until_the_claimant_holds()
    {
        Holds(A);
        _table.Claim(User, B, 0);
        Assert.Equal(UserTable.Verdict.Claimed, Holds(A));
        Assert.Equal(UserTable.Verdict.Taken, Holds(B));
        Assert.Equal(UserTable.Verdict.Lost, Holds(A));
    }

    [Fact]
    public void An_older_word_that_it_is_gone_ends_no_claim()
    {
        Holds(A);
        _table.Claim(User, B, 0);
        Gone(B);
        Gone(A);
        Assert.True(_table.TryFind(User, out var host, out var copy));
        Assert.Equal((B, Copy), (host, copy));
    }

    [Fact]
    public void Of_a_dead_claimant_its_predecessor_is_asked()
    {
        Holds(A);
        _table.Claim(User, B, 0);
        _dead.Add(B);
        Assert.Equal(A, _table.Claim(User, C, 0).Host);
    }

    [Fact]
    public void A_session_that_is_handed_over_is_the_heirs()
    {
        Holds(A);
        _table.Record(A, new DirectoryEntry { User = User, Snapshot = Copy, To = B }, 0);
        Assert.Equal(UserTable.Verdict.Taken, Holds(B));
        Assert.Equal(B, _table.Claim(User, C, 0).Host);
    }

    [Fact]
    public void A_claim_that_comes_to_nothing_ends()
    {
        _table.Claim(User, B, 0);
        _table.EndClaims(ClaimMs - 1);
        Assert.Equal(1, _table.Count);
        _table.EndClaims(ClaimMs);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Of_a_dead_gateway_the_copy_is_given()
    {
        Holds(A);
        _dead.Add(A);
        var claim = _table.Claim(User, B, 0);
        Assert.Equal((A, Copy), (claim.Host!.Value, claim.Copy));
        Assert.Equal(UserTable.Verdict.Taken, Holds(B));
    }

    [Fact]
    public void What_an_earlier_activation_knew_gives_way_to_news()
    {
        Holds(B);
        _table.Inherit(A, new DirectoryEntry { User = User, Held = true });
        Assert.True(_table.TryFind(User, out var host, out _));
        Assert.Equal(B, host);
    }

    [Fact]
    public void A_claim_after_the_memory_was_lost_has_a_greater_number_whatever_the_clock_says()
    {
        var before = _table.Claim(User, A, nowMs: 50_000).Number;
        // With its silo, which the membership then counts as lost; the next one's clock is 5 s behind.
        _membership++;
        Assert.True(NewTable().Claim(User, B, nowMs: 45_000).Number > before);
    }

    [Fact]
    public void An_activation_that_inherits_goes_on_with_greater_numbers()
    {
        var before = _table.Claim(User, A, nowMs: 50_000).Number;
        var next = NewTable();
        next.LastClaim = _table.LastClaim;
        Assert.True(next.Claim(User, B, nowMs: 45_000).Number > before);
    }

    [Fact]
    public void Nobody_new_is_taken_in_past_the_bound()
    {
        for (var i = 0; i < 11; i++)
        {
            _table.Record(A, new DirectoryEntry { User = new UserId($"user {i}"), Held = true }, 0);
        }
        Assert.Equal((10, true), (_table.Count, _table.Full));
        Assert.False(_table.Claim(User, B, 0).Known);
        Assert.Equal(10, _table.Count);
    }

    private UserTable NewTable() => new(_dead.Contains, bound: 10, ClaimMs, () => _membership);

    private UserTable.Verdict Holds(HostId host) =>
        _table.Record(host, new DirectoryEntry { User = User, Held = true, Snapshot = Copy }, 0);

    private void Gone(HostId host) => _table.Record(host, new DirectoryEntry { User = User }, 0);
}
