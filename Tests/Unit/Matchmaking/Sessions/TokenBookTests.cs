using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Sessions;

/// <summary>Which tokens are good, as one process remembers it.</summary>
public sealed class TokenBookTests
{
    private static readonly UserId Ann = new("ann");

    private readonly TokenBook _book = new(maxUsers: 3);

    [Fact]
    public void A_token_is_good_until_its_successor_is_used()
    {
        Assert.True(_book.Use(Ann, 4));
        Assert.True(_book.Use(Ann, 4));
        Assert.True(_book.Use(Ann, 5));
        Assert.False(_book.Use(Ann, 4));
        Assert.True(_book.Use(Ann, 5));
        Assert.True(_book.Use(Ann, 9));
        Assert.False(_book.Use(Ann, 8));
    }

    [Fact]
    public void An_ended_identity_has_no_good_token()
    {
        Assert.True(_book.Use(Ann, 2));
        _book.End(Ann);
        foreach (var generation in new[] { 1, 2, 3, long.MaxValue })
        {
            Assert.False(_book.Use(Ann, generation));
        }
    }

    [Fact]
    public void First_tokens_take_no_place()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_book.Use(new UserId($"u{i}"), 1));
        }
        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void The_longest_untouched_is_forgotten_at_the_bound()
    {
        foreach (var name in new[] { "ann", "bob", "cid" })
        {
            _book.Use(new UserId(name), 5);
        }
        Assert.True(_book.Use(Ann, 5));
        Assert.True(_book.Use(new UserId("dan"), 5));
        Assert.Equal(3, _book.Count);
        Assert.False(_book.Use(Ann, 4));
        Assert.True(_book.Use(new UserId("bob"), 4));
    }
}
