using System.Text.Json;
using Camdiv.Tests.Load.Measure;

namespace Camdiv.Tests.Load.Reports;

/// <summary>Writes a report as JSON for programs and as one HTML page for people.</summary>
internal static class ReportFiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the comparison of an earlier report.</summary>
    /// <exception cref="InvalidDataException">The file holds none.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<Comparison> ReadComparisonAsync(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Written>(await File.ReadAllTextAsync(path), Json)?.Comparison
                ?? throw new InvalidDataException($"{path} holds no comparison.");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path} is no report of this tester: {problem.Message}", problem);
        }
    }

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

    private sealed record Written(Comparison? Comparison);
}
