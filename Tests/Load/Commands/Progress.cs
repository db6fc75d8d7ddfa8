using System.Globalization;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;
using Spectre.Console;

namespace Camdiv.Tests.Load.Commands;

/// <summary>Shows on the terminal what a run is at; where there is no terminal, a line every few seconds.</summary>
internal static class Progress
{
    private const int QuietSeconds = 10;

    public static async Task<RunResult> ShowAsync(Func<IProgress<RunProgress>, Task<RunResult>> run, string? title = null)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            return await run(new Lines(title));
        }
        return await AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(title ?? "starting", maxValue: 1);
                return await run(new Bar(bar, title));
            });
    }

    private static string Describe(string? title, RunProgress progress)
    {
        var head = title is null ? progress.Phase : $"{title}: {progress.Phase}";
        return progress.Sample is not { } s
            ? head
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{head}  {s.Online} online  {s.Matches:f0} matches/s  {s.Frames:f0} frames/s  p99 {s.MatchP99Ms:f1} ms  server {s.ServerCores:f2} cores {s.ServerMegabytes:f0} MB  tester {s.TesterBusy:p0}");
    }

    private sealed class Bar(ProgressTask bar, string? title) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            bar.Description = Markup.Escape(Describe(title, value));
            bar.Value = Math.Clamp(value.Done, 0, 1);
        }
    }

    private sealed class Lines(string? title) : IProgress<RunProgress>
    {
        private int _seconds;

        public void Report(RunProgress value)
        {
            if (value.Sample is not null && ++_seconds % QuietSeconds == 0)
            {
                Console.WriteLine(Describe(title, value));
            }
        }
    }
}
