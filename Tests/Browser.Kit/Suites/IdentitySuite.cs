using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>Who somebody is: one person in many tabs, a person one never wants to meet again.</summary>
public abstract class IdentitySuite(ISystemFactory systems) : BrowserSuite(systems)
{
    [Fact]
    public Task Two_tabs_of_one_person_never_meet() => PlayAsync(async scene =>
    {
        var tab1 = await scene.EnterAsync("tab 1");
        await tab1.StartAsync("text");
        await tab1.IsQueuedAsync();
        var tab2 = await scene.OpenTabAsync("tab 2", tab1);
        await tab1.HasDataAsync("linkReason", "replaced");
        await tab1.SeesAsync(".notice[data-topic=link]", "Camdiv is open in another tab");
        Assert.True(await tab1.Page.IsDisabledAsync("#start"));

        await tab2.StartAsync("text");
        await tab2.IsQueuedAsync();
        await tab1.Page.ClickAsync("#take-back");
        await tab1.IsOnlineAsync();
        await tab2.HasDataAsync("linkReason", "replaced");
        await tab1.StartAsync("text");
        await tab1.SeesAsync("#state", "first in line");

        var stranger = await scene.EnterAsync("stranger");
        await stranger.StartAsync("text");
        await Scene.TogetherAsync(tab1, stranger);
        Assert.Empty(tab2.Line.Received("matched"));
        Assert.Single(tab1.Line.Received("matched"));
    });

    [Fact]
    public Task A_blocked_pair_never_meets_again() => PlayAsync(
        async scene =>
        {
            var (a, b) = await scene.PairAsync("text");
            await b.PressMoreAsync("#block");
            await b.SeesAsync(".notice[data-topic=report]", "Blocked. You will not meet again.");
            await a.SeesAsync("#state", "They left.");
            await a.NextAsync();
            await a.IsQueuedAsync();
            await b.NextAsync();
            await b.SeesAsync("#state", "2 waiting");

            // A block belongs to the person: a fresh page does not forget it.
            await b.ReloadAsync();
            await b.StartAsync("text");
            await b.SeesAsync("#state", "2 waiting");

            var c = await scene.EnterAsync("c");
            await c.StartAsync("text");
            await Scene.TogetherAsync(a, c);
            var d = await scene.EnterAsync("d");
            await d.StartAsync("text");
            await Scene.TogetherAsync(b, d);
        },
        Local.With(Keys.Cooldown, 0));

    [Fact]
    public Task A_report_is_confirmed_and_can_block_too() => PlayAsync(
        async scene =>
        {
            var (a, b) = await scene.PairAsync("text");
            await a.PressMoreAsync("#report");
            await a.Page.UncheckAsync("#report-block");
            await a.Page.FillAsync("#report-details", "Sells tulips");
            await a.Page.ClickAsync("#report-send");
            await a.SeesAsync(".notice[data-topic=report]", "Reported. Thank you.");
            Assert.Single(a.Line.Received("reported"));
            Assert.Equal("connected", await b.DataAsync("state"));

            await b.NextAsync();
            await b.IsQueuedAsync();
            await a.SeesAsync("#state", "They moved on.");
            await a.StopAsync();
            await a.Page.ClickAsync("#report-last");
            await a.Page.ClickAsync("#report-send");
            await a.SeesAsync(".notice[data-topic=report]", "Reported and blocked. Thank you.");
            await a.StartAsync("text");
            await a.SeesAsync("#state", "2 waiting");
        },
        Local.With(Keys.Cooldown, 0));
}
