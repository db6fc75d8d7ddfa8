using Camdiv.Tests.Kit;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit.Suites;

/// <summary>
/// The page in every state, on phone, tablet and desktop, light and dark: usable for all (axe-core), nothing cut off;
/// and photographed where pictures are wanted.
/// </summary>
public abstract class LooksSuite(ISystemFactory systems) : BrowserSuite(systems)
{
    private static readonly (int Width, int Height) Phone = (390, 844);

    // The phone first: the page opens the list of devices only where it finds room for it.
    private static readonly (int Width, int Height)[] Sizes = [Phone, (820, 1180), (1440, 900)];

    private const string NeverAskedYet = "navigator.permissions.query = async () => ({ state: 'prompt' });";

    private const string CutOff = """
        () => {
          const { scrollWidth, clientWidth } = document.documentElement;
          const cut = scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} px wider than the window`] : [];
          for (const button of document.querySelectorAll('button')) {
            if (!button.checkVisibility()) continue;
            const words = button.textContent.trim() || button.getAttribute('aria-label');
            if (button.scrollWidth > button.clientWidth + 1) cut.push(`the words of '${words}' do not fit in their button`);
            if (button.getBoundingClientRect().right > clientWidth + 1) cut.push(`the button '${words}' is outside`);
          }
          return cut;
        }
        """;

    [Fact]
    public Task Before_and_during_the_search() => PlayAsync(async scene =>
    {
        var a = await EnterAsync(scene, "a", Portrait.Two().A + NeverAskedYet);
        await LookAsync(a, "idle");
        await a.Page.FillAsync("#interests", "gardening");
        await a.Page.PressAsync("#interests", "Enter");
        await a.Page.ClickAsync("#preview-on");
        await a.PlaysAsync("#preview-video");
        await LookAsync(a, "preview");
        await a.StartAsync();
        await a.IsQueuedAsync();
        await LookAsync(a, "searching");
    });

    [Theory]
    [InlineData("video")]
    [InlineData("audio")]
    [InlineData("text")]
    public Task In_a_call(string chat) => PlayAsync(async scene =>
    {
        var (faceA, faceB) = Portrait.Two();
        var b = await EnterAsync(scene, "b", faceB);
        var a = await EnterAsync(scene, "a", faceA);
        await a.StartAsync(chat, "gardening", "chess");
        await a.IsQueuedAsync();
        await b.StartAsync(chat, "gardening");
        await Scene.TogetherAsync(a, b);
        if (chat == "video")
        {
            await a.PlaysAsync();
        }
        await b.SayAsync("Hello! Where are you?");
        await a.ReadsAsync("Hello! Where are you?");
        await a.SayAsync("In my garden, more or less. The tomatoes are nearly ripe.");
        await b.SayAsync("I envy you. Mine never got past the first frost. How do you do it?");
        await a.ReadsAsync("I envy you. Mine never got past the first frost. How do you do it?");
        await LookAsync(a, chat);

        if (chat != "text")
        {
            await a.Page.SetViewportSizeAsync(Phone.Width, Phone.Height);
            await a.Page.ClickAsync("#chat-toggle");
            await LookAsync(a, chat + "-chat-closed", Phone);
        }
    });

    [Fact]
    public Task The_dialogs_of_a_call() => PlayAsync(async scene =>
    {
        var (faceA, faceB) = Portrait.Two();
        var b = await EnterAsync(scene, "b", faceB);
        var a = await EnterAsync(scene, "a", faceA);
        await Scene.MeetAsync(a, b);
        await a.Page.ClickAsync("#more");
        await LookAsync(a, "more");
        await a.Page.ClickAsync("#report");
        await LookAsync(a, "report");
    });

    private static Task<Person> EnterAsync(Scene scene, string name, string face)
    {
        Axe.Require();
        return scene.EnterAsync(name, new PersonOptions
        {
            BypassPolicy = true,
            AutoNext = true,
            Width = Phone.Width,
            Height = Phone.Height,
            Prepare = context => context.AddInitScriptAsync(face),
        });
    }

    private static async Task LookAsync(Person person, string state, params (int Width, int Height)[] sizes)
    {
        var page = person.Page;
        var problems = new List<string>();
        foreach (var (width, height) in sizes.Length > 0 ? sizes : Sizes)
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new PageEmulateMediaOptions
                {
                    ColorScheme = colors,
                    ReducedMotion = ReducedMotion.Reduce,
                });
                await person.UntilAsync(
                    "all transitions end",
                    "() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getComputedTiming().endTime === Infinity)");
                var look = $"{state}-{width}-{colors.ToString().ToLowerInvariant()}";
                await Album.TakeAsync(page, look);
                var violations = await Axe.ViolationsAsync(page);
                problems.AddRange(violations.Select(violation => $"{look}: {violation}"));
                var cut = await page.EvaluateAsync<string[]>(CutOff);
                problems.AddRange(cut.Select(what => $"{look}: {what}"));
            }
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }
}
