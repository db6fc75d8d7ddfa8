using System.Text.Json;
using Camdiv.Tests.Load.Measure;

namespace Camdiv.Tests.Load.Reports;

/// <summary>Writes a report as JSON for programs and as one HTML page for people.</summary>
internal static class ReportFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string? path, IReadOnlyList<RunResult> runs, Comparison? comparison)
    {
        if (string.IsNullOrEmpty(path))
        {
            return;
        }
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }
        await File.WriteAllTextAsync(path + ".json", JsonSerializer.Serialize(new { runs, comparison }, Json) + "\n");
        await File.WriteAllTextAsync(path + ".html", HtmlReport.Render(runs, comparison));
    }
}
