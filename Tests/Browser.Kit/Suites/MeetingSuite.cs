using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>The heart of it: strangers press Start, see each other, talk and move on.</summary>
public abstract class MeetingSuite(ISystemFactory systems) : BrowserSuite(systems)
{
    [Fact]
    public Task Two_strangers_see_each_other_and_Next_brings_them_others() => PlayAsync(async scene =>
    {
        var (a, b) = await scene.PairAsync();
        await Task.WhenAll(a.PlaysAsync(), b.PlaysAsync());

        var (c, d) = (await scene.EnterAsync("c"), await scene.EnterAsync("d"));
        await Scene.MeetAsync(c, d);
        await Task.WhenAll(c.PlaysAsync(), d.PlaysAsync());

        await a.NextAsync();
        await a.IsQueuedAsync();
        await b.SeesAsync("#state", "They moved on.");
        await c.NextAsync();
        await Scene.TogetherAsync(a, c);
        await Task.WhenAll(a.PlaysAsync(), c.PlaysAsync());

        await d.SeesAsync("#state", "They moved on.");
        await d.NextAsync();
        await d.IsQueuedAsync();
        await b.NextAsync();
        await Scene.TogetherAsync(b, d);
        await Task.WhenAll(b.PlaysAsync(), d.PlaysAsync());
    });

    [Fact]
    public Task What_they_write_arrives_as_text_both_ways() => PlayAsync(async scene =>
    {
        const string Markup = "<img src=x onerror=alert(1)> https://example.org/";
        var (a, b) = await scene.PairAsync("text");
        await a.SayAsync("Hello, stranger");
        await b.ReadsAsync("Hello, stranger");
        await b.SayAsync(Markup);
        await a.ReadsAsync(Markup);
        Assert.Equal(0, await a.Page.Locator("#chat-log img, #chat-log a").CountAsync());

        await a.Page.FillAsync("#chat-input", "I am wri");
        await b.SeesAsync("#typing", "typing");
    });

    [Fact]
    public Task The_keyboard_alone_is_enough() => PlayAsync(async scene =>
    {
        var (a, b, c) = (await scene.EnterAsync("a"), await scene.EnterAsync("b"), await scene.EnterAsync("c"));
        await a.ChooseAsync("text");
        await TabToAsync(a, "start");
        await a.Page.Keyboard.PressAsync("Enter");
        await a.IsQueuedAsync();
        await b.StartAsync("text");
        await Scene.TogetherAsync(a, b);
        await a.Page.Keyboard.TypeAsync("Only keys here");
        await a.Page.Keyboard.PressAsync("Enter");
        await b.ReadsAsync("Only keys here");

        await TabToAsync(a, "more");
        await a.Page.Keyboard.PressAsync("Enter");
        await a.SeesAsync("#more-dialog h2", "This conversation");
        await a.Page.Keyboard.PressAsync("Escape");
        await a.UntilAsync("Esc closes the dialog first", "() => !document.querySelector('dialog[open]')");
        Assert.Equal("connected", await a.DataAsync("state"));

        await c.StartAsync("text");
        await c.IsQueuedAsync();
        await a.Page.Keyboard.PressAsync("Escape");
        await Scene.TogetherAsync(a, c);
        await b.SeesAsync("#state", "They moved on.");
    });

    private static async Task TabToAsync(Person person, string id)
    {
        const int FarEnough = 60;
        for (var i = 0; i < FarEnough; i++)
        {
            if (await person.Page.EvaluateAsync<string?>("() => document.activeElement?.id") == id)
            {
                return;
            }
            await person.Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"{person.Name}: Tab does not reach #{id}");
    }
}
