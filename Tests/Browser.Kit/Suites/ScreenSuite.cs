using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>Screens, added to a call and taken away.</summary>
public abstract class ScreenSuite(ISystemFactory systems) : BrowserSuite(systems)
{
    [Fact]
    public Task Both_share_their_screens_at_once_and_take_them_away() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync();
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());

        await Task.WhenAll(a.Page.ClickAsync("#screen"), b.Page.ClickAsync("#screen"));
        await Task.WhenAll(a.PlaysAsync("#remote-screen"), b.PlaysAsync("#remote-screen"));
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());

        await Task.WhenAll(a.Page.ClickAsync("#screen"), b.Page.ClickAsync("#screen"));
        await Task.WhenAll(HasNoScreenAsync(a), HasNoScreenAsync(b));
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());

        await b.Page.ClickAsync("#screen");
        await a.PlaysAsync("#remote-screen");
        await HasNoScreenAsync(b);
        await b.Page.ClickAsync("#screen");
        await HasNoScreenAsync(a);
        await a.PlaysAsync();
    });

    [Fact]
    public Task A_screen_is_not_carried_over_to_the_next_stranger() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync();
        await a.Page.ClickAsync("#screen");
        await b.PlaysAsync("#remote-screen");
        var c = await scene.EnterAsync("c");
        await c.StartAsync();
        await c.IsQueuedAsync();
        await a.NextAsync();
        await Scene.TogetherAsync(a, c);
        await c.PlaysAsync();
        await HasNoScreenAsync(c);
        Assert.Equal("false", await a.Page.GetAttributeAsync("#screen", "aria-pressed"));
    });

    private static Task HasNoScreenAsync(Person person) =>
        person.UntilAsync("no screen is shown any more", "() => document.getElementById('remote-screen').hidden");
}
