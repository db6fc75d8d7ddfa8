using Camdiv.Tests.Kit;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>
/// One Chromium for all tests of a process: people are contexts in it. It ends with the process, whose pipe it reads.
/// </summary>
public static class SharedBrowser
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Task<IBrowser>> Browsers = [];

    // Names resolve to nothing, so that no test can reach beyond this machine.
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--use-fake-device-for-media-stream",
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    ];

    /// <summary>The browser whose fake camera and microphone every page may use.</summary>
    public static Task<IBrowser> GetAsync() => GetAsync("--use-fake-ui-for-media-stream");

    /// <summary>The browser whose user answers every question for a camera or microphone with no.</summary>
    public static Task<IBrowser> ThatDeniesAsync() => GetAsync("--use-fake-ui-for-media-stream=deny");

    private static Task<IBrowser> GetAsync(string answer)
    {
        var program = Tools.RequirePath(Tools.Chromium, "no Chromium is installed (Debian package chromium)");
        lock (Gate)
        {
            if (!Browsers.TryGetValue(answer, out var browser))
            {
                Browsers[answer] = browser = LaunchAsync(program, answer);
            }
            return browser;
        }
    }

    private static async Task<IBrowser> LaunchAsync(string program, string answer)
    {
        var playwright = await Playwright.CreateAsync().ConfigureAwait(false);
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = [.. Arguments, answer],
            Timeout = 120_000,
        }).ConfigureAwait(false);
    }
}
