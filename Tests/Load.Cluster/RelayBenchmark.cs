using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Load.Cluster;

/// <summary>Frames from one gateway silo to another, flat out with a bounded number under way, without sockets.</summary>
internal static class RelayBenchmark
{
    public static async Task RunAsync(int rooms, int frameBytes, int seconds)
    {
        await using var cluster = await BenchCluster.StartAsync(1, 2);
        using var calls = new CallCounter();
        var matched = Channel.CreateUnbounded<Stranger>();
        var pairs = new List<(Stranger From, Stranger To, byte[] Frame, byte[] Room)>();
        for (var i = 0; i < rooms; i++)
        {
            // One arrival at each gateway at a time, so that every room spans both.
            var sides = new Stranger[2];
            for (var side = 0; side < 2; side++)
            {
                sides[side] = new Stranger(matched.Writer);
                sides[side].Connection = await cluster.Gateways[side].ConnectAsync(new Arrival(UserId.New(), false, null), sides[side], default);
                sides[side].Start(SearchRequest.ForAnyone(ChatType.Video), 0);
            }
            for (var told = 0; told < 2; told++)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
                var stranger = await matched.Reader.ReadAsync(patience.Token);
                stranger.Connection.Acknowledge(stranger.Room);
            }
            var room = Encoding.ASCII.GetBytes(sides[0].Room.Value);
            var frame = new byte[frameBytes];
            Encoding.ASCII.GetBytes($">{sides[0].Room.Value}|", frame);
            pairs.Add((sides[0], sides[1], frame, room));
        }
        await MeasureAsync(pairs, 2);
        var before = calls.Snapshot();
        var (frames, elapsed, cpu) = await MeasureAsync(pairs, seconds);
        var after = calls.Snapshot();
        Console.WriteLine($"layout           1 matchmaker + 2 gateways, {rooms} rooms across both, {frameBytes} bytes a frame");
        Console.WriteLine($"frames/s         {frames / elapsed:N0}");
        Console.WriteLine($"CPU per frame    {cpu / frames:N2} us (both gateways and the driver)");
        Console.WriteLine($"calls per frame  {(after.GetValueOrDefault("deliver") - before.GetValueOrDefault("deliver")) / (double)frames:N4}");
    }

    private static async Task<(long Frames, double Seconds, double CpuMicroseconds)> MeasureAsync(
        List<(Stranger From, Stranger To, byte[] Frame, byte[] Room)> pairs, int seconds)
    {
        const int Window = 64;
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var begin = Stopwatch.GetTimestamp();
        var sent = new long[pairs.Count];
        var base0 = pairs.Select(pair => Interlocked.Read(ref pair.To.Frames)).ToArray();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            var idle = true;
            for (var i = 0; i < pairs.Count; i++)
            {
                var (from, to, frame, room) = pairs[i];
                while (sent[i] - (Interlocked.Read(ref to.Frames) - base0[i]) < Window)
                {
                    from.Connection.Relay(room, frame);
                    sent[i]++;
                    idle = false;
                }
            }
            if (idle)
            {
                await Task.Yield();
            }
        }
        process.Refresh();
        var received = pairs.Select((pair, i) => Interlocked.Read(ref pair.To.Frames) - base0[i]).Sum();
        return (received, Stopwatch.GetElapsedTime(begin).TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds);
    }
}
