namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Interests and languages: what is shared, what is preferred, and what is no valid wish.</summary>
public abstract class PreferenceSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task Interests_compare_trimmed_and_without_case()
    {
        await using var stage = await StageAsync();
        var a = await stage.JoinAsync("a");
        var b = await stage.JoinAsync("b");
        await a.StartAsync(interests: ["  Chess ", "Go", "ÄPFEL"]);
        await a.ExpectAsync("searching");
        await b.StartAsync(interests: ["music", "chess", "äpfel"]);
        var (forA, forB) = await Stage.MetAsync(a, b);
        foreach (var matched in new[] { forA, forB })
        {
            Assert.Equal(["chess", "äpfel"], matched.Strings("common")!.Select(i => i.ToLowerInvariant()).Order());
        }
    }

    [Fact]
    public async Task Languages_compare_by_primary_subtag()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Patience, 30_000));
        var a = await stage.JoinAsync("a");
        var b = await stage.JoinAsync("b");
        var c = await stage.JoinAsync("c");
        await a.StartAsync(languages: ["de-CH", "en-US"]);
        await a.ExpectAsync("searching");
        await c.StartAsync(languages: ["fr"]);
        await c.ExpectAsync("searching");
        await b.StartAsync(languages: ["EN-gb"]);
        var (forA, _) = await Stage.MetAsync(a, b);
        Assert.Empty(forA.Strings("common")!);
    }

    [Fact]
    public async Task One_with_interests_holds_out_for_them_and_then_takes_anyone()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Patience, 1_200));
        var choosy = await stage.JoinAsync("choosy");
        await choosy.StartAsync(interests: ["origami"]);
        var since = await choosy.ExpectAsync("searching");
        var anyone = await stage.SearcherAsync("anyone");
        var (matched, _) = await Stage.MetAsync(choosy, anyone);
        Assert.True(matched.At - since.At > TimeSpan.FromMilliseconds(1_000), $"gave in after {matched.At - since.At}");
        Assert.Empty(matched.Strings("common")!);
    }

    [Fact]
    public async Task A_shared_interest_comes_before_a_longer_wait()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Patience, 30_000));
        var painter = await stage.JoinAsync("painter");
        await painter.StartAsync(interests: ["painting"], languages: ["en"]);
        await painter.ExpectAsync("searching");
        var cook = await stage.JoinAsync("cook");
        await cook.StartAsync(interests: ["cooking"], languages: ["it"]);
        await cook.ExpectAsync("searching");
        var both = await stage.JoinAsync("newcomer");
        await both.StartAsync(interests: ["cooking"], languages: ["en"]);
        var (matched, _) = await Stage.MetAsync(both, cook);
        Assert.Equal(["cooking"], matched.Strings("common")!);
    }

    [Fact]
    public async Task The_most_a_wish_may_hold_is_accepted()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.StartAsync(
            interests: [.. Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), 32))],
            languages: ["en", "de-AT", "zh-Hant-TW", "sr-Latn", "es-419"]);
        await client.ExpectAsync("searching");
    }

    [Theory]
    [InlineData(11, 5, 0, "en")]
    [InlineData(1, 33, 0, "en")]
    [InlineData(1, 0, 0, "en")]
    [InlineData(0, 0, 6, "en")]
    [InlineData(0, 0, 1, "")]
    [InlineData(0, 0, 1, "not a tag")]
    [InlineData(0, 0, 1, "en_US")]
    public async Task A_wish_beyond_its_bounds_is_a_bad_field(int interests, int length, int languages, string tag)
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        await client.StartAsync(
            interests: [.. Enumerable.Range(0, interests).Select(i => new string((char)('a' + i), length))],
            languages: [.. Enumerable.Repeat(tag, languages)]);
        await client.ExpectErrorAsync("bad-field");
        await Stage.ExpectNothingAsync(client);
    }
}
