using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Takes a run through its phases: connect, warm up, measure, wind down, judge.</summary>
/// <param name="loop">The loop.</param>
/// <param name="driver">What reaches the server.</param>
/// <param name="meter">What the server uses, when it is on this machine.</param>
/// <param name="progress">Told about every second of a run, on a thread of its own.</param>
public sealed class LoadRunner(LoadLoop loop, ILoadDriver driver, ServerMeter meter, IProgress<RunProgress>? progress = null)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Runs a scenario.</summary>
    public async Task<RunResult> RunAsync(Scenario scenario, LoadOptions options, CancellationToken cancellation)
    {
        var run = new LoadRun(loop, driver, scenario, options);
        var before = meter.Read();
        var users = options.Users ?? scenario.UsersFor(options);
        await ConnectAsync(run, users, cancellation);
        loop.Post(() => scenario.Begin(run));
        var samples = new SampleSeries(run, meter);
        await PassAsync(run, samples, options.Warmup, "warming up", cancellation);
        samples.Clear();
        var mark = await loop.AskAsync(() =>
        {
            run.Figures.Restart();
            scenario.OnMeasuring(run);
            return Mark.Now(run, meter);
        });
        await PassAsync(run, samples, options.Duration, "measuring", cancellation);
        var (result, measured) = await loop.AskAsync(() =>
        {
            var now = Mark.Now(run, meter);
            return (Describe(run, mark, now), now);
        });
        var end = WireClock.Now;
        loop.Post(run.End);
        await PassAsync(run, samples: null, options.Settle, "winding down", cancellation);
        var report = await loop.AskAsync(() => InvariantChecker.Check(
            [.. run.Users.Select(user => user.Log)], new InvariantOptions { EndedAt = end, GhostTolerance = TimeSpan.FromSeconds(2), StrandedAfter = options.StrandedAfter }));
        loop.Post(run.CloseAll);
        await PassAsync(run, samples: null, options.Settle / 3, "closing", cancellation);
        return result with
        {
            Cost = Cost(before, mark, measured, users, samples, options),
            Invariants = Summarize(report),
            Samples = samples.All,
            Errors = await loop.AskAsync(() => new Dictionary<string, long>(run.Figures.Errors)),
        };
    }

    private async Task ConnectAsync(LoadRun run, int users, CancellationToken cancellation)
    {
        loop.Post(() => run.ConnectAll(users));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        do
        {
            await WaitAsync(look, cancellation);
            progress?.Report(new RunProgress(
                "connecting", await loop.AskAsync(() => (double)run.CountOf(UserState.Idle) / Math.Max(1, users)), null));
        }
        while (!await loop.AskAsync(() => run.AllConnected));
        if (await loop.AskAsync(() => users > 0 && run.CountOf(UserState.Idle) == 0))
        {
            throw new InvalidOperationException(
                $"None of {users} users is connected: {string.Join(", ", run.Figures.Errors.Select(error => $"{error.Value} times {error.Key}"))}.");
        }
    }

    private async Task PassAsync(
        LoadRun run, SampleSeries? samples, TimeSpan duration, string phase, CancellationToken cancellation)
    {
        var begin = WireClock.Now;
        var end = begin + WireClock.Micros(duration);
        for (var next = begin; next < end;)
        {
            next = Math.Min(end, next + WireClock.Micros(Second));
            using var wait = new PeriodicTimer(WireClock.Span(Math.Max(1_000, next - WireClock.Now)), TimeProvider.System);
            await WaitAsync(wait, cancellation);
            var sample = samples is null ? null : await loop.AskAsync(samples.Take);
            progress?.Report(new RunProgress(phase, (double)(next - begin) / Math.Max(1, end - begin), sample));
        }
    }

    // The loop's thread may have failed; then nothing would ever be answered.
    private async Task WaitAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        var tick = timer.WaitForNextTickAsync(cancellation).AsTask();
        if (await Task.WhenAny(tick, loop.Ended) == loop.Ended)
        {
            await loop.Ended;
        }
        await tick;
    }

    private RunResult Describe(LoadRun run, Mark from, Mark to)
    {
        var seconds = (to.At - from.At) / 1e6;
        var figures = run.Figures;
        return new RunResult
        {
            Server = driver.Name,
            Scenario = run.Scenario.Name,
            Options = run.Options,
            Machine = Machine.Here(),
            Users = run.Users.Count,
            Seconds = seconds,
            StartsPerSecond = figures.Starts / seconds,
            MatchesPerSecond = figures.Told / 2 / seconds,
            FramesPerSecond = figures.FramesReceived / seconds,
            ScriptsPerSecond = figures.Scripts / seconds,
            MatchWithPartner = Latency.Of(figures.MatchWithPartner),
            MatchAlone = Latency.Of(figures.MatchAlone),
            QueueAge = Latency.Of(figures.QueueAge),
            Relay = Latency.Of(figures.Relay),
            Connect = Latency.Of(figures.Connect),
            TimerLate = Latency.Of(figures.TimerLate),
            TesterBusy = (to.Busy - from.Busy) / (seconds * 1e6),
            Errors = new Dictionary<string, long>(),
            Invariants = Summarize(new InvariantReport()),
            Samples = [],
        };
    }

    private ServerCost? Cost(
        ServerUsage? before, Mark from, Mark to, int users, SampleSeries samples, LoadOptions options)
    {
        if (before is not { } start || from.Usage is not { } first || to.Usage is not { } last)
        {
            return null;
        }
        var cpu = last.CpuSeconds - first.CpuSeconds;
        double? Per(long count) => count > 0 ? cpu * 1e6 / count : null;
        return new ServerCost
        {
            Cores = cpu / ((to.At - from.At) / 1e6),
            OthersCores = Math.Max(0, to.Machine - from.Machine - cpu) / ((to.At - from.At) / 1e6),
            KernelShare = cpu > 0 ? (last.KernelSeconds - first.KernelSeconds) / cpu : 0,
            CpuPerMatchMicros = Per(to.Told / 2),
            CpuPerFrameMicros = Per(to.Frames),
            CpuPerScriptMicros = Per(to.Scripts),
            ResidentMegabytes = last.ResidentBytes / 1048576.0,
            KilobytesPerConnection = users >= 1_000 ? (last.ResidentBytes - start.ResidentBytes) / 1024.0 / users : null,
            MegabytesPerHour = samples.MemorySlope(),
            Trends = meter.Trends(options.Settling),
        };
    }

    private static InvariantSummary Summarize(InvariantReport report) => new(
        report.Total,
        report.Clients,
        report.Rooms,
        report.Matches,
        report.Frames,
        Enum.GetValues<Invariant>().ToDictionary(kind => kind.ToString(), report.Count),
        [.. report.Violations.Take(20).Select(violation => violation.ToString())]);

    private readonly record struct Mark(long At, long Busy, ServerUsage? Usage, double Machine, long Told, long Frames, long Scripts)
    {
        public static Mark Now(LoadRun run, ServerMeter meter) => new(
            WireClock.Now,
            LoadLoop.BusyMicros,
            meter.Read(),
            ServerUsage.MachineBusySeconds() - Environment.CpuUsage.TotalTime.TotalSeconds,
            run.Figures.Told,
            run.Figures.FramesReceived,
            run.Figures.Scripts);
    }
}

/// <summary>What a run is at.</summary>
/// <param name="Phase">The phase, in words.</param>
/// <param name="Done">Its share that is done.</param>
/// <param name="Sample">The last second, when figures are taken.</param>
public readonly record struct RunProgress(string Phase, double Done, Sample? Sample);
