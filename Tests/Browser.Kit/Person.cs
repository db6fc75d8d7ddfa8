using System.Text.Json;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>Somebody at the page: what they press, type and look at.</summary>
public sealed partial class Person
{
    // Playwright's own limits would tell of a selector; the waits below tell what was missing.
    private const int ActionMs = 45_000;

    private const string Instruments = """
        window.camdivConnections = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(configuration) {
            super(configuration);
            window.camdivConnections.push(this);
            // Which credentials a candidate was gathered with, by its generation.
            this.camdivGathered = [];
            this.addEventListener('icecandidate', ({ candidate }) => {
              if (!candidate?.candidate) return;
              const turn = this.getConfiguration().iceServers.find((server) => server.username);
              this.camdivGathered.push({ user: candidate.usernameFragment, credential: turn?.username ?? '' });
            });
          }
        };
        """;

    private Person(string name, IPage page, Uri gateway, PersonOptions options)
    {
        Name = name;
        Page = page;
        Gateway = gateway;
        Options = options;
        Watch = new Watch(page, gateway);
        Line = new SignalingLog(page);
    }

    /// <summary>How the test calls them.</summary>
    public string Name { get; }

    /// <summary>Their tab.</summary>
    public IPage Page { get; }

    /// <summary>The gateway their page comes from.</summary>
    public Uri Gateway { get; }

    /// <summary>What is particular about their browser.</summary>
    public PersonOptions Options { get; }

    /// <summary>What went wrong in their tab.</summary>
    public Watch Watch { get; }

    /// <summary>What their tab said to the gateway and heard.</summary>
    public SignalingLog Line { get; }

    /// <summary>A new person with a browser profile of their own, at the open page.</summary>
    public static async Task<Person> EnterAsync(string name, Uri gateway, PersonOptions options)
    {
        var browser = await (options.DeniesMedia ? SharedBrowser.ThatDeniesAsync() : SharedBrowser.GetAsync());
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = options.Width, Height = options.Height },
            ColorScheme = options.Colors,
            DeviceScaleFactor = options.Scale,
            BypassCSP = options.BypassPolicy,
        });
        context.SetDefaultTimeout(ActionMs);
        await context.AddInitScriptAsync(Instruments);
        if (options.Prepare is { } prepare)
        {
            await prepare(context);
        }
        return await OpenAsync(name, context, gateway, options);
    }

    /// <summary>Another tab of the same person.</summary>
    public Task<Person> OpenTabAsync(string name) => OpenAsync(name, Page.Context, Gateway, Options);

    /// <summary>Loads the page again.</summary>
    public async Task ReloadAsync()
    {
        await Page.ReloadAsync();
        await IsOnlineAsync();
    }

    /// <summary>Chooses a kind of chat and presses Start.</summary>
    public async Task StartAsync(string chat = "video", params string[] interests)
    {
        await ChooseAsync(chat);
        foreach (var interest in interests)
        {
            await Page.FillAsync("#interests", interest);
            await Page.PressAsync("#interests", "Enter");
        }
        await Page.ClickAsync("#start");
    }

    /// <summary>Chooses a kind of chat.</summary>
    public Task ChooseAsync(string chat) => Page.CheckAsync(
        $"#chat-type input[value={chat}]", new PageCheckOptions { Force = true });

    /// <summary>Presses Next.</summary>
    public Task NextAsync() => Page.ClickAsync("#next");

    /// <summary>Presses Stop.</summary>
    public Task StopAsync() => Page.ClickAsync("#stop");

    /// <summary>Writes a message and sends it.</summary>
    public async Task SayAsync(string text)
    {
        if (await Page.IsVisibleAsync("#chat-toggle") && !await Page.IsVisibleAsync("#chat-input"))
        {
            await Page.ClickAsync("#chat-toggle");
        }
        await Page.FillAsync("#chat-input", text);
        await Page.PressAsync("#chat-input", "Enter");
    }

    /// <summary>Opens the dialog of the conversation and presses a button of it.</summary>
    public async Task PressMoreAsync(string button)
    {
        await Page.ClickAsync("#more");
        await Page.ClickAsync(button);
    }

    /// <summary>A value of the document element's data attributes, null when absent.</summary>
    public Task<string?> DataAsync(string name) =>
        Page.EvaluateAsync<string?>("name => document.documentElement.dataset[name] ?? null", name);

    /// <summary>Where they are, for a message.</summary>
    public async Task<string> DescribeAsync()
    {
        var look = "the page did not answer";
        try
        {
            look = (await Page.EvaluateAsync<JsonElement>("""
                () => ({
                  ...document.documentElement.dataset,
                  words: document.getElementById('state')?.textContent,
                  notices: [...document.querySelectorAll('.notice')].map((notice) => notice.textContent),
                  connections: (window.camdivConnections ?? []).map((c) => `${c.connectionState}/${c.signalingState}`),
                })
                """).WaitAsync(TimeSpan.FromSeconds(5))).ToString();
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            // The page is gone, crashed or too busy: the rest is told all the same.
        }
        return $"""
            {Name}: {look}
              console: {string.Join("\n    ", Watch.Lines)}
              line: {string.Join("\n    ", Line.Lines)}
            """;
    }

    private static async Task<Person> OpenAsync(string name, IBrowserContext context, Uri gateway, PersonOptions options)
    {
        var person = new Person(name, await context.NewPageAsync(), gateway, options);
        var answer = await person.Page.GotoAsync(new Uri(gateway, options.Query).AbsoluteUri);
        var headers = answer!.Headers;
        Assert.StartsWith("default-src 'none'", headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Equal("nosniff", headers["x-content-type-options"]);
        Assert.Equal("no-referrer", headers["referrer-policy"]);
        Assert.Equal("same-origin", headers["cross-origin-opener-policy"]);
        await person.IsOnlineAsync();
        await person.Page.SetCheckedAsync("#auto-next", options.AutoNext, new PageSetCheckedOptions { Force = true });
        return person;
    }
}
