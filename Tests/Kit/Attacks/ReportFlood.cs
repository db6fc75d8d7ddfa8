using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>
/// Sockets that meet each other, report each other as often as the frame rate allows with the longest reasons, and go on to the
/// next: an attempt to push out, or to drown, what others have reported.
/// </summary>
public static class ReportFlood
{
    private const int ReportsPerRoom = 20;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    /// <summary>What came of a flood.</summary>
    /// <param name="Sent">Reports sent.</param>
    /// <param name="Recorded">Different reports that the server says it recorded.</param>
    /// <param name="Refused">How often it refused one, by error code.</param>
    public sealed record Outcome(long Sent, int Recorded, IReadOnlyDictionary<string, int> Refused);

    /// <summary>Floods a gateway.</summary>
    /// <param name="gateway">Its address.</param>
    /// <param name="sockets">How many sockets at once.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="addresses">Where they come from, in turn; addresses of 127.0.0.0/8 stand for machines.</param>
    public static async Task<Outcome> RunAsync(Uri gateway, int sockets, TimeSpan duration, params IReadOnlyList<IPAddress> addresses)
    {
        using var over = new CancellationTokenSource(duration, TimeProvider.System);
        var recorded = new ConcurrentDictionary<string, bool>();
        var refused = new ConcurrentDictionary<string, int>();
        var bots = Enumerable.Range(0, sockets).Select(i => Task.Run(() => FloodAsync(addresses[i % addresses.Count], i)));
        var sent = await Task.WhenAll(bots);
        return new Outcome(sent.Sum(), recorded.Count, refused);

        async Task<long> FloodAsync(IPAddress from, int number)
        {
            var count = 0L;
            while (!over.IsCancellationRequested)
            {
                try
                {
                    await using var bot = await WireClient.JoinAsync(gateway, new WireClientOptions { From = from, Name = $"bot {number}" });
                    try
                    {
                        while (!over.IsCancellationRequested)
                        {
                            count += await MeetAndReportAsync(bot, over.Token);
                        }
                    }
                    finally
                    {
                        Count(bot);
                    }
                }
                catch (Exception e) when (e is WebSocketException or HandshakeRefusedException or InvalidOperationException
                    or TimeoutException or OperationCanceledException)
                {
                    // Refused, closed, or alone: it tries again while the flood lasts.
                }
            }
            return count;
        }

        void Count(WireClient bot)
        {
            foreach (var answer in bot.All)
            {
                if (answer.Type == "reported")
                {
                    recorded.TryAdd(answer.String("id")!, true);
                }
                else if (answer.Type == "error")
                {
                    refused.AddOrUpdate(answer.Code ?? "?", 1, static (_, count) => count + 1);
                }
            }
        }
    }

    private static async Task<int> MeetAndReportAsync(WireClient bot, CancellationToken over)
    {
        await bot.StartAsync("text");
        await bot.NextAsync(m => m.Type == "matched", "matched", TimeSpan.FromSeconds(2));
        using var pace = new PeriodicTimer(Pace, TimeProvider.System);
        // What escapes to six bytes a character makes the longest lines.
        var reason = new string('\u2028', 500);
        for (var i = 0; i < ReportsPerRoom; i++)
        {
            await pace.WaitForNextTickAsync(over);
            await bot.ReportAsync(reason);
        }
        return ReportsPerRoom;
    }
}
