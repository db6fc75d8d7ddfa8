using System.Text.RegularExpressions;
using Camdiv.Tests.Browser.Kit;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Camdiv.Tests.Browser;

/// <summary>The page that <c>docs/client.md</c> shows, as somebody would serve it from an origin of their own.</summary>
public sealed partial class EmbeddingTests
{
    [Fact]
    public async Task The_documented_page_connects_two_strangers_from_another_origin()
    {
        var browser = await SharedBrowser.GetAsync();
        using var folder = new TemporaryFolder();
        await using var site = await ServeAsync(folder.Path);
        var origin = site.Urls.Single();
        await using var gateway = await GatewayProcess.StartAsync(SystemSettings.Default.With("Ice:StunUrls", "").With(Keys.Origin, origin));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "index.html"), Example(gateway.Gateways[0]));

        await using var one = await OpenAsync(browser, origin);
        await using var two = await OpenAsync(browser, origin);
        await one.Page.ClickAsync("#start");
        await one.Page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'searching'");
        await two.Page.ClickAsync("#start");
        foreach (var person in new[] { one, two })
        {
            await person.Page.WaitForFunctionAsync("() => document.getElementById('stranger').videoWidth > 0");
            await person.Page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'connected'");
        }
        await one.Page.FillAsync("#chat input", "Hello there");
        await one.Page.ClickAsync("#chat button");
        await two.Page.GetByText("Stranger: Hello there").WaitForAsync();

        // Whoever is left goes on by itself: the page asks for the next stranger.
        await one.Page.ClickAsync("#stop");
        await one.Page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'idle'");
        await two.Page.WaitForFunctionAsync("() => document.getElementById('state').textContent === 'searching'");
        Assert.Empty(one.Errors);
        Assert.Empty(two.Errors);
    }

    private static string Example(Uri gateway)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "client.md"));
        return HtmlBlock().Match(text).Groups["page"].Value
            .Replace("wss://chat.example", $"ws://{gateway.Authority}", StringComparison.Ordinal)
            .Replace("https://chat.example", $"http://{gateway.Authority}", StringComparison.Ordinal);
    }

    private static async Task<WebApplication> ServeAsync(string folder)
    {
        var client = Path.Combine(Repository.Root, "Gateway", "wwwroot");
        Directory.CreateDirectory(Path.Combine(folder, "camdiv"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(client, "camdiv")).Append(Path.Combine(client, "camdiv.js")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetRelativePath(client, file)));
        }
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(folder) });
        await site.StartAsync();
        return site;
    }

    private static async Task<Visitor> OpenAsync(IBrowser browser, string origin)
    {
        var visitor = new Visitor(await browser.NewPageAsync());
        await visitor.Page.GotoAsync(origin);
        return visitor;
    }

    [GeneratedRegex("```html\n(?<page>.*?)```", RegexOptions.Singleline)]
    private static partial Regex HtmlBlock();

    private sealed class Visitor : IAsyncDisposable
    {
        private readonly List<string> _errors = [];

        public Visitor(IPage page)
        {
            Page = page;
            page.PageError += (_, error) => Note(error);
            page.Console += (_, message) =>
            {
                // A browser asks every site for an icon.
                if (message.Type == "error" && !message.Location.Contains("favicon", StringComparison.Ordinal))
                {
                    Note($"{message.Text} ({message.Location})");
                }
            };
        }

        public IPage Page { get; }

        public IReadOnlyList<string> Errors
        {
            get
            {
                lock (_errors)
                {
                    return [.. _errors];
                }
            }
        }

        public async ValueTask DisposeAsync() => await Page.CloseAsync();

        private void Note(string error)
        {
            lock (_errors)
            {
                _errors.Add(error);
            }
        }
    }
}
