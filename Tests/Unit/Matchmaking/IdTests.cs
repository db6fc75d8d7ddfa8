using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking;

/// <summary>The form of ids, and their order.</summary>
public sealed class IdTests
{
    [Fact]
    public void NewIdsAreWellFormedAndDiffer()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => UserId.New()).ToArray();
        Assert.All(ids, id => Assert.True(UserId.IsWellFormed(id.Value) && id.Value.Length == 22));
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.True(RoomId.IsWellFormed(RoomId.New().Value));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-Z_09", true)]
    [InlineData("12345678901234567890123456789012", true)]
    [InlineData("123456789012345678901234567890123", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a|b", false)]
    [InlineData("\u00e9", false)]
    public void FormIsOneTo32OfTheAlphabet(string text, bool wellFormed)
    {
        Assert.Equal(wellFormed, UserId.IsWellFormed(text));
        Assert.Equal(wellFormed, RoomId.IsWellFormed(text));
    }

    [Fact]
    public void OrderIsOrdinal() => Assert.Equal(
        [new("B"), new("_"), new("a"), new("b")],
        new UserId[] { new("b"), new("a"), new("_"), new("B") }.Order());
}
