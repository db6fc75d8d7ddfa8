using System.Diagnostics;
using System.Net;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>What others felt during an attack.</summary>
/// <param name="Frames">Relay frames that came.</param>
/// <param name="Missing">Relay frames that did not come within <see cref="Victims.Patience"/>.</param>
/// <param name="P50">Median of the time from sender to receiver.</param>
/// <param name="P99">99 of 100 frames came in this time; <see cref="Victims.Patience"/> where they did not come at all.</param>
/// <param name="Worst">The longest of these times.</param>
/// <param name="Cut">Victims whose connection ended.</param>
/// <param name="SlowestProbe">Longest answer of <c>/healthz/ready</c>.</param>
/// <param name="FailedProbes">Probes without a good answer in time.</param>
public sealed record Harm(
    int Frames, int Missing, TimeSpan P50, TimeSpan P99, TimeSpan Worst, int Cut, TimeSpan SlowestProbe, int FailedProbes)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Frames} frames, p50 {P50.TotalMilliseconds:f1} ms, p99 {P99.TotalMilliseconds:f1} ms, worst {Worst.TotalMilliseconds:f0} ms, "
        + $"{Missing} missing; {Cut} cut; probe at most {SlowestProbe.TotalMilliseconds:f0} ms, {FailedProbes} failed");
}

/// <summary>People in calls who talk at a steady pace, and a health probe, while somebody attacks.</summary>
public sealed class Victims : IAsyncDisposable
{
    /// <summary>How long a frame or probe may take; then it is missing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Below the 50 frames a second that a client may send.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan ProbePace = TimeSpan.FromMilliseconds(250);

    private readonly Uri _gateway;
    private readonly List<(WireClient A, WireClient B)> _pairs = [];

    private Victims(Uri gateway) => _gateway = gateway;

    /// <summary>Lets pairs meet.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="pairs">How many.</param>
    /// <param name="from">Their address; not the attacker's.</param>
    public static async Task<Victims> MeetAsync(Uri gateway, int pairs, IPAddress from)
    {
        var victims = new Victims(gateway);
        var options = new WireClientOptions { From = from };
        for (var i = 0; i < pairs; i++)
        {
            var a = await WireClient.JoinAsync(gateway, options with { Name = $"a{i}" }).ConfigureAwait(false);
            var b = await WireClient.JoinAsync(gateway, options with { Name = $"b{i}" }).ConfigureAwait(false);
            victims._pairs.Add((a, b));
            await a.StartAsync("text").ConfigureAwait(false);
            await b.StartAsync("text").ConfigureAwait(false);
            await a.MatchedAsync().ConfigureAwait(false);
            await b.MatchedAsync().ConfigureAwait(false);
        }
        return victims;
    }

    /// <summary>Talks for a while and tells how it was.</summary>
    public async Task<Harm> TalkAsync(TimeSpan duration)
    {
        using var over = new CancellationTokenSource(duration);
        var talks = _pairs.SelectMany(pair => new[] { TalkAsync(pair.A, pair.B, over.Token), TalkAsync(pair.B, pair.A, over.Token) }).ToList();
        var probes = await ProbeAsync(over.Token).ConfigureAwait(false);
        var times = (await Task.WhenAll(talks).ConfigureAwait(false)).SelectMany(one => one).Order().ToList();
        var missing = times.Count(time => time >= Patience);
        return new Harm(
            times.Count - missing,
            missing,
            times[times.Count / 2],
            times[times.Count * 99 / 100],
            times[^1],
            _pairs.Count(pair => !pair.A.IsOpen) + _pairs.Count(pair => !pair.B.IsOpen),
            probes.Max(),
            probes.Count(time => time >= Patience));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (a, b) in _pairs)
        {
            await a.DisposeAsync().ConfigureAwait(false);
            await b.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<List<TimeSpan>> TalkAsync(WireClient from, WireClient to, CancellationToken over)
    {
        var times = new List<TimeSpan>();
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        try
        {
            for (var i = 0; await pace.WaitForNextTickAsync(over).ConfigureAwait(false); i++)
            {
                var at = Stopwatch.GetTimestamp();
                var word = $"{from.Name} {at}";
                await from.RelayAsync(word).ConfigureAwait(false);
                await to.NextAsync(frame => frame.Payload == word, word, Patience).ConfigureAwait(false);
                AddWith(times, Stopwatch.GetElapsedTime(at));
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The time is over.
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException
            or System.Net.WebSockets.WebSocketException or OperationCanceledException)
        {
            AddWith(times, Patience);
        }
        return times;
    }

    // Who waits for one frame does not send the next ones, which would have waited, too (coordinated omission).
    private static void AddWith(List<TimeSpan> times, TimeSpan time)
    {
        for (; time > Pace; time -= Pace)
        {
            times.Add(time);
        }
        times.Add(time);
    }

    // A connection for each, as an orchestrator makes them.
    private async Task<List<TimeSpan>> ProbeAsync(CancellationToken over)
    {
        var times = new List<TimeSpan>();
        using var pace = new PeriodicTimer(ProbePace, TimeProvider.System);
        do
        {
            var at = Stopwatch.GetTimestamp();
            using var http = new HttpClient { Timeout = Patience };
            try
            {
                using var answer = await http.GetAsync(new Uri(_gateway, "/healthz/ready"), CancellationToken.None).ConfigureAwait(false);
                times.Add(answer.IsSuccessStatusCode ? Stopwatch.GetElapsedTime(at) : Patience);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                times.Add(Patience);
            }
        }
        while (await TickAsync(pace, over).ConfigureAwait(false));
        return times;
    }

    private static async Task<bool> TickAsync(PeriodicTimer pace, CancellationToken over)
    {
        try
        {
            return await pace.WaitForNextTickAsync(over).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
