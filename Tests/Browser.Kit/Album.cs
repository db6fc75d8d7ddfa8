using Microsoft.Playwright;

namespace Camdiv.Tests.Browser.Kit;

/// <summary>Pictures of the page, taken where the variable CAMDIV_SCREENSHOTS names a folder for them.</summary>
public static class Album
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CAMDIV_SCREENSHOTS");

    /// <summary>Whether somebody wants pictures.</summary>
    public static bool IsOpen => !string.IsNullOrEmpty(Folder);

    /// <summary>Takes one, if wanted.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (IsOpen)
        {
            Directory.CreateDirectory(Folder!);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder!, name + ".png") });
        }
    }
}
