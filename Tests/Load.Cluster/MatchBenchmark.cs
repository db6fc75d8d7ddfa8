using System.Diagnostics;
using System.Threading.Channels;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Load.Cluster;

/// <summary>Matches without sockets: saturation (everyone searches again at once) or a fixed rate of arrivals.</summary>
internal static class MatchBenchmark
{
    public static async Task RunAsync(int matchmakers, int gateways, int users, double rate, int seconds)
    {
        await using var cluster = await BenchCluster.StartAsync(matchmakers, gateways);
        using var calls = new CallCounter();
        var matched = Channel.CreateUnbounded<Stranger>();
        var strangers = new List<Stranger>();
        for (var i = 0; i < users; i++)
        {
            var stranger = new Stranger(matched.Writer);
            var engine = cluster.Gateways[i % cluster.Gateways.Length];
            stranger.Connection = await engine.ConnectAsync(new Arrival(UserId.New(), false, null), stranger, default);
            strangers.Add(stranger);
        }
        // Warm code and queues before the clock runs.
        await MeasureAsync(strangers, matched, rate, Math.Max(2, seconds / 3));
        var before = calls.Snapshot();
        var result = await MeasureAsync(strangers, matched, rate, seconds);
        var after = calls.Snapshot();

        var layout = matchmakers == 0 ? $"{gateways} silo(s), both roles" : $"{matchmakers} matchmaker(s) + {gateways} gateway(s)";
        Console.WriteLine($"layout           {layout}, {users} users, {(rate > 0 ? $"{rate:N0} matches/s asked" : "saturation")}");
        Console.WriteLine($"matches/s        {result.Matches / result.Seconds:N0}");
        Console.WriteLine($"CPU per match    {result.CpuMicroseconds / result.Matches:N1} us (whole process, driver included)");
        Console.WriteLine($"time to match    p50 {result.At(0.5):N2} ms, p99 {result.At(0.99):N2} ms, p99.9 {result.At(0.999):N2} ms, max {result.At(1):N1} ms");
        Console.WriteLine("calls per match  " + string.Join(", ", after.OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Key} {(pair.Value - before.GetValueOrDefault(pair.Key)) / (double)result.Matches:N3}")));
    }

    private static async Task<Result> MeasureAsync(
        List<Stranger> strangers, Channel<Stranger> matched, double rate, int seconds)
    {
        var anyone = SearchRequest.ForAnyone(ChatType.Video);
        var idle = new Queue<Stranger>(strangers);
        var waits = new List<double>();
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var begin = Stopwatch.GetTimestamp();
        var end = begin + (long)(seconds * (double)Stopwatch.Frequency);
        var due = (double)begin;
        var random = new Random(1);
        long told = 0;
        while (Stopwatch.GetTimestamp() is var now && now < end)
        {
            // Open loop: arrivals keep their intended times however slow the cluster is (coordinated omission).
            while (idle.Count > 0 && (rate <= 0 || due <= now))
            {
                idle.Dequeue().Start(anyone, rate <= 0 ? Stopwatch.GetTimestamp() : (long)due);
                if (rate > 0)
                {
                    due += -Math.Log(1 - random.NextDouble()) / (2 * rate) * Stopwatch.Frequency;
                }
            }
            var handled = 0;
            while (handled++ < 256 && matched.Reader.TryRead(out var stranger))
            {
                waits.Add(stranger.Waited * 1000.0 / Stopwatch.Frequency);
                told++;
                stranger.Connection.Acknowledge(stranger.Room);
                stranger.Connection.Stop();
                idle.Enqueue(stranger);
            }
            if (handled == 1)
            {
                if (rate > 0)
                {
                    Thread.Yield();
                }
                else
                {
                    await Task.WhenAny(matched.Reader.WaitToReadAsync().AsTask(), Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
                }
            }
        }
        process.Refresh();
        var elapsed = Stopwatch.GetElapsedTime(begin);
        var used = process.TotalProcessorTime - cpu;
        foreach (var stranger in strangers)
        {
            stranger.Connection.Stop();
        }
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        while (matched.Reader.TryRead(out _))
        {
        }
        waits.Sort();
        return new Result(told / 2.0, elapsed.TotalSeconds, used.TotalMicroseconds, waits);
    }

    private sealed record Result(double Matches, double Seconds, double CpuMicroseconds, List<double> Waits)
    {
        public double At(double share) => Waits.Count == 0 ? double.NaN : Waits[Math.Min(Waits.Count - 1, (int)(share * Waits.Count))];
    }
}
