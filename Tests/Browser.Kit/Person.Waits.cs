using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <content>What they wait to see.</content>
public sealed partial class Person
{
    // Generous, since the machine may be busy with other things; a wait that fails costs no more than this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Awaits that an expression of the page is true.</summary>
    public async Task UntilAsync(string what, string expression, object? argument = null)
    {
        try
        {
            await Page.WaitForFunctionAsync(expression, argument, new PageWaitForFunctionOptions
            {
                Timeout = (float)Patience.TotalMilliseconds,
            });
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Name}: missing after {Patience.TotalSeconds:0} s: {what}");
        }
    }

    /// <summary>Awaits a value of the document element's data attributes.</summary>
    public Task HasDataAsync(string name, string value) => UntilAsync(
        $"data-{name} is {value}",
        "([name, value]) => document.documentElement.dataset[name] === value",
        new[] { name, value });

    /// <summary>Awaits the line to the gateway.</summary>
    public Task IsOnlineAsync() => HasDataAsync("link", "online");

    /// <summary>Awaits that they look for somebody.</summary>
    public Task IsSearchingAsync() => HasDataAsync("state", "searching");

    /// <summary>Awaits that the gateway has them in its queue.</summary>
    public Task IsQueuedAsync() => SeesAsync("#state", "Looking for someone… ");

    /// <summary>Awaits a connected room and returns its id.</summary>
    public async Task<string> ConnectedAsync()
    {
        await HasDataAsync("state", "connected");
        return (await DataAsync("room"))!;
    }

    /// <summary>Awaits a text in an element that is shown.</summary>
    public Task SeesAsync(string selector, string text) => UntilAsync(
        $"'{text}' in {selector}",
        "([selector, text]) => [...document.querySelectorAll(selector)].some((e) => e.checkVisibility() && e.textContent.includes(text))",
        new[] { selector, text });

    /// <summary>Awaits a message of the stranger.</summary>
    public Task ReadsAsync(string text) => UntilAsync(
        $"the message '{text}'",
        "(text) => [...document.querySelectorAll('#chat-log .entry.theirs .words')].some((e) => e.textContent === text)",
        text);

    /// <summary>Awaits that a video shows pictures and that new ones keep coming.</summary>
    public async Task PlaysAsync(string selector = "#remote-video")
    {
        await UntilAsync(
            $"a picture in {selector}",
            "(selector) => { const v = document.querySelector(selector); return v.checkVisibility() && v.videoWidth > 0; }",
            selector);
        var frames = Page.EvaluateAsync<double>(
            """
            (selector) => new Promise((done) => {
              const video = document.querySelector(selector);
              const startedAt = video.currentTime;
              let frames = 0;
              const next = () => {
                frames += 1;
                if (frames < 5 || video.currentTime <= startedAt) video.requestVideoFrameCallback(next);
                else done(video.currentTime - startedAt);
              };
              video.requestVideoFrameCallback(next);
            })
            """,
            selector);
        try
        {
            await frames.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Name}: {selector} stands still: no new frames within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Awaits that the audio chat's picture of a voice moves.</summary>
    public Task SeesVoiceAsync(string selector)
    {
        // Reading the picture back, which only the test does, is what Chromium warns of.
        Watch.Expect("Canvas2D: Multiple readback operations");
        return UntilAsync(
            $"the picture of the voice in {selector} moves",
            """
            (selector) => {
              const canvas = document.querySelector(selector);
              if (!canvas.checkVisibility() || canvas.width === 0) return false;
              const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              let sum = 0;
              for (let i = 3; i < pixels.length; i += 4) sum += pixels[i];
              const seen = canvas.camdivSums ??= new Set();
              seen.add(sum);
              return seen.size >= 5;
            }
            """,
            selector);
    }
}
