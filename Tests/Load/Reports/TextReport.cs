using System.Globalization;
using Camdiv.Tests.Load.Measure;
using Spectre.Console;

namespace Camdiv.Tests.Load.Reports;

/// <summary>A run's figures as a table on the terminal.</summary>
internal static class TextReport
{
    public static void Write(IAnsiConsole console, RunResult result)
    {
        console.WriteLine();
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Server}, {result.Scenario}: {result.Users} users, {result.Seconds:f1} s, {result.Machine.Processor}, {result.Machine.Cores} cores"));
        var table = new Table().Border(TableBorder.Simple).HideHeaders();
        table.AddColumn("what").AddColumn("figure");
        foreach (var (what, figure) in Lines(result))
        {
            table.AddRow(Markup.Escape(what), Markup.Escape(figure));
        }
        console.Write(table);
        var verdict = result.Invariants.Total == 0 ? "no invariant broken" : $"{result.Invariants.Total} INVARIANTS BROKEN";
        console.WriteLine($"{verdict}: {result.Invariants.Clients} clients, {result.Invariants.Rooms} rooms, {result.Invariants.Frames} frames");
        foreach (var violation in result.Invariants.First)
        {
            console.WriteLine("  " + violation);
        }
    }

    /// <summary>The figures that a run has, as name and text.</summary>
    public static IEnumerable<(string What, string Figure)> Lines(RunResult result)
    {
        if (result.StartsPerSecond > 0)
        {
            yield return ("searches, matches", Text($"{result.StartsPerSecond:f1}/s, {result.MatchesPerSecond:f1}/s"));
            yield return ("time to match, partner waiting", Describe(result.MatchWithPartner));
            yield return ("time to match, nobody waiting", Describe(result.MatchAlone));
            yield return ("age in the queue at match", Describe(result.QueueAge));
        }
        if (result.FramesPerSecond > 0)
        {
            yield return ("frames relayed", Text($"{result.FramesPerSecond:f0}/s"));
            yield return ("relay latency", Describe(result.Relay));
        }
        if (result.ScriptsPerSecond > 0)
        {
            yield return ("call scripts", Text($"{result.ScriptsPerSecond:f1}/s"));
        }
        if (result.Connect.Count > 0)
        {
            yield return ("time to connect", Describe(result.Connect));
        }
        if (result.Cost is { } cost)
        {
            yield return ("server CPU", Text($"{cost.Cores:f2} cores")
                + Optional(cost.CpuPerMatchMicros, " us a match")
                + Optional(cost.CpuPerFrameMicros, " us a frame")
                + Optional(cost.CpuPerScriptMicros, " us a call script"));
            yield return ("server memory", Text($"{cost.ResidentMegabytes:f1} MB, {cost.MegabytesPerHour:+0.0;-0.0;0} MB/h")
                + Optional(cost.KilobytesPerConnection, " kB a connection"));
        }
        foreach (var trend in result.Cost?.Trends ?? [])
        {
            yield return (
                $"memory of {trend.Process}",
                Text($"{trend.FirstMegabytes:f1} -> {trend.LastMegabytes:f1} MB in {trend.Seconds / 60:f1} min, {trend.MegabytesPerHour:+0.0;-0.0;0} MB/h"));
        }
        yield return ("tester busy, timers late", Text($"{result.TesterBusy:p0}, p99 {result.TimerLate.P99:f2} ms"));
        if (result.Cost is { OthersCores: > 0.2 and var others })
        {
            yield return ("NOT ALONE", Text($"other programs used {others:f1} cores; latencies and rates are theirs too"));
        }
        yield return ("errors", result.Errors.Count == 0 ? "none" : string.Join(", ", result.Errors.Select(e => $"{e.Key}: {e.Value}")));
    }

    private static string Describe(Latency latency) => latency.Count == 0
        ? "none"
        : Text($"p50 {latency.P50:f2}  p95 {latency.P95:f2}  p99 {latency.P99:f2}  p99.9 {latency.P999:f2}  max {latency.Max:f2} ms  ({latency.Count})");

    private static string Optional(double? value, string unit) => value is null ? "" : Text($", {value:f1}{unit}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
