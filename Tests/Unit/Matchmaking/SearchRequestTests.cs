using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking;

/// <summary>What a request accepts and how it is normalized.</summary>
public sealed class SearchRequestTests
{
    [Fact]
    public void InterestsAreTrimmedLoweredAndDistinct()
    {
        Assert.True(SearchRequest.TryCreate(
            ChatType.Audio, [" Chess", "chess ", "TEA", "\u00c9TUDE"], null, out var request, out _));
        Assert.Equal(["chess", "tea", "\u00e9tude"], request.Interests.ToArray());
        Assert.Equal(ChatType.Audio, request.Chat);
        Assert.Empty(request.Languages);
    }

    [Theory]
    [InlineData("de", "de")]
    [InlineData("de-AT", "de")]
    [InlineData("ZH-Hant-TW", "zh")]
    [InlineData("sgn-BE-FR", "sgn")]
    [InlineData("i-klingon", "i")]
    [InlineData("x-own", "x")]
    public void LanguagesAreReducedToTheirPrimarySubtag(string tag, string primary)
    {
        Assert.True(SearchRequest.TryCreate(ChatType.Video, null, [tag], out var request, out _));
        Assert.Equal([primary], request.Languages.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("de-")]
    [InlineData("-de")]
    [InlineData("de--AT")]
    [InlineData("d")]
    [InlineData("i")]
    [InlineData("deutschland")]
    [InlineData("de_AT")]
    [InlineData("de-\u00e4")]
    [InlineData("d3")]
    [InlineData("de-a-aaaaaaaa-bbbbbbbb-cccccccc-dddd")]
    public void MalformedLanguagesAreRefused(string tag)
    {
        Assert.False(SearchRequest.TryCreate(ChatType.Video, null, [tag], out _, out var field));
        Assert.Equal("languages", field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("123456789012345678901234567890123")]
    public void MalformedInterestsAreRefused(string interest)
    {
        Assert.False(SearchRequest.TryCreate(ChatType.Video, ["chess", interest], null, out _, out var field));
        Assert.Equal("interests", field);
    }

    [Fact]
    public void CountsAreBounded()
    {
        string[] Named(int count) => [.. Enumerable.Range(0, count).Select(i => $"i{i}")];
        string[] Spoken(int count) => [.. Enumerable.Range(0, count).Select(i => $"{(char)('a' + i)}a")];
        Assert.True(SearchRequest.TryCreate(ChatType.Video, Named(10), Spoken(5), out _, out _));
        Assert.False(SearchRequest.TryCreate(ChatType.Video, Named(11), null, out _, out _));
        Assert.False(SearchRequest.TryCreate(ChatType.Video, null, Spoken(6), out _, out _));
    }

    [Fact]
    public void LongestInterestCountsAfterTrimming() =>
        Assert.True(SearchRequest.TryCreate(ChatType.Video, [$"  {new string('x', 32)}  "], null, out _, out _));
}
