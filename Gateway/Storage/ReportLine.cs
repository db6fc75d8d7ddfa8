using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Camdiv.Gateway.Protocol;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>A report as a line of JSON, of at most <see cref="MaxBytes"/> whatever its reason is made of.</summary>
internal sealed record ReportLine(
    DateTimeOffset Time, string Id, string Reporter, string Reported, string Room, string Chat, string Reason)
{
    /// <summary>Longest line, its end included: 500 characters of three bytes, and what stands around them.</summary>
    public const int MaxBytes = 1_792;

    private const int MostEscaped = 6;

    /// <summary>The line with its end. What would need more than <see cref="MaxBytes"/> is cut, and ends in an ellipsis.</summary>
    public static byte[] Write(Report report)
    {
        var line = new ReportLine(
            report.At,
            report.Id,
            report.Reporter.Value,
            report.Reported.Value,
            report.Room.Value,
            ProtocolWords.Of(report.Chat),
            Printable(report.Reason));
        while (true)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(line, ReportJson.Plain.ReportLine);
            if (json.Length < MaxBytes)
            {
                return [.. json, (byte)'\n'];
            }
            line = line with { Reason = Cut(line.Reason, ((json.Length - MaxBytes) / MostEscaped) + 2) };
        }
    }

    // Control characters say nothing to a reader, and each is written as six.
    private static string Printable(string text) => string.Create(text.Length, text, static (span, text) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(text[i]) && text[i] is not ('\n' or '\t') ? ' ' : text[i];
        }
    });

    private static string Cut(string text, int count)
    {
        var end = Math.Max(0, text.Length - count);
        return string.Concat(text.AsSpan(0, end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "\u2026");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReportLine))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Escapes what JSON demands and no more: the lines are for people and their tools, not for web pages.</summary>
    public static readonly ReportJson Plain = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
