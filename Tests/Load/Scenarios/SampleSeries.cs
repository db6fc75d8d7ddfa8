using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Takes a sample of a run every second.</summary>
internal sealed class SampleSeries(LoadRun run, ServerMeter meter)
{
    private readonly List<Sample> _samples = [];
    private long _begin = WireClock.Now;
    private long _at = WireClock.Now;
    private long _busy;
    private ServerUsage _usage = meter.Read() ?? default;
    private (long Starts, long Told, long Frames) _counts;

    public IReadOnlyList<Sample> All => _samples;

    /// <summary>Forgets all samples; time begins anew.</summary>
    public void Clear()
    {
        _samples.Clear();
        meter.Restart();
        _begin = WireClock.Now;
        _counts = default;
    }

    /// <summary>Takes a sample. On the loop's thread.</summary>
    public Sample Take()
    {
        var now = WireClock.Now;
        var seconds = Math.Max(0.001, (now - _at) / 1e6);
        var usage = meter.Sample() ?? default;
        var busy = LoadLoop.BusyMicros;
        var figures = run.Figures;
        var counts = (figures.Starts, figures.Told, figures.FramesReceived);
        var sample = new Sample(
            (now - _begin) / 1e6,
            (counts.Starts - _counts.Starts) / seconds,
            (counts.Told - _counts.Told) / 2.0 / seconds,
            (counts.FramesReceived - _counts.Frames) / seconds,
            figures.Recent.Percentile(0.99) / 1e3,
            (usage.CpuSeconds - _usage.CpuSeconds) / seconds,
            usage.ResidentBytes / 1048576.0,
            (busy - _busy) / (seconds * 1e6),
            run.Users.Count - run.CountOf(UserState.Offline),
            run.Waiting);
        figures.Recent.Clear();
        (_at, _busy, _usage, _counts) = (now, busy, usage, counts);
        _samples.Add(sample);
        return sample;
    }

    /// <summary>Growth of the server's memory in megabytes an hour: the slope of the line that fits best.</summary>
    public double MemorySlope() =>
        _samples.Count < 3 ? 0 : Slope.PerHour([.. _samples.Select(s => (s.At, s.ServerMegabytes))]);
}
