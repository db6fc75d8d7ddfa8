using Camdiv.Gateway.Configuration;
using Microsoft.Extensions.FileProviders;

namespace Camdiv.Gateway.Http;

/// <summary>The chat page and its files.</summary>
internal static partial class StaticPage
{
    private const string Index = "index.html";

    /// <summary>Serves the page from where it is found; without one, only the other endpoints answer.</summary>
    public static void UseStaticPage(this WebApplication app, GatewayOptions options)
    {
        if (Find(options, app.Environment.ContentRootPath) is not { } folder)
        {
            LogNoPage(app.Logger);
            return;
        }
        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files, DefaultFileNames = [Index] });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            // A browser asks each time whether the file changed (304 by ETag), so that an update comes through.
            OnPrepareResponse = static file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
    }

    // Below the content root when run from the sources; beside the program when published or part of another one.
    internal static string? Find(GatewayOptions options, string contentRoot)
    {
        if (options.WebRoot.Length > 0)
        {
            return Path.GetFullPath(options.WebRoot);
        }
        foreach (var root in new[] { contentRoot, AppContext.BaseDirectory })
        {
            var folder = Path.Combine(root, "wwwroot");
            if (File.Exists(Path.Combine(folder, Index)))
            {
                return folder;
            }
        }
        return null;
    }

    [LoggerMessage(1301, LogLevel.Warning, "No page to serve: there is no wwwroot/index.html.")]
    private static partial void LogNoPage(ILogger logger);
}
