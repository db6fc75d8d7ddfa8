using System.Net;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Floods, crowds from one address and clients that do not read.</summary>
public abstract class LimitSuite(ISystemFactory systems) : ProtocolSuite(systems)
{
    [Fact]
    public async Task A_burst_passes()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        for (var i = 0; i < 190; i++)
        {
            await a.RelayAsync($"{i}");
        }
        for (var i = 0; i < 190; i++)
        {
            await b.ExpectFrameAsync($"{i}");
        }
        Assert.True(a.IsOpen);
    }

    [Fact]
    public async Task A_flood_closes_with_4429_after_a_fatal_error()
    {
        await using var stage = await StageAsync();
        var (a, b) = await stage.SettledPairAsync();
        var (c, d) = await stage.SettledPairAsync("c", "d");
        var flood = FloodAsync(a, 600, "x");
        var error = await a.NextAsync(m => m.Type == "error", "error rate-limited");
        Assert.Equal(("rate-limited", true), (error.Code, error.Is("fatal")));
        await a.ClosedAsync(4429);
        await flood;
        await Stage.SettleAsync(c, d);
        await b.StopAsync();
    }

    [Fact]
    public async Task Control_messages_count_towards_the_rate_too()
    {
        await using var stage = await StageAsync();
        var client = await stage.JoinAsync("a");
        var flood = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < 600; i++)
                {
                    await client.StopAsync();
                }
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException)
            {
                // The server has had enough.
            }
        });
        await client.ClosedAsync(4429);
        await flood;
    }

    [Fact]
    public async Task A_sustained_rate_below_the_limit_passes()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Burst, 20).With(Keys.FrameRate, 200));
        var (a, b) = await stage.SettledPairAsync();
        // One frame at a time, each awaited: about as fast as 200 a second, far over the burst in all.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        for (var i = 0; i < 100; i++)
        {
            await pace.WaitForNextTickAsync();
            await a.RelayAsync($"{i}");
            await b.ExpectFrameAsync($"{i}");
        }
    }

    [Fact]
    public async Task Too_many_connections_of_an_address_are_refused_and_others_are_not()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.PerAddress, 4));
        var crowd = IPAddress.Parse("127.0.0.77");
        var members = new List<WireClient>();
        for (var i = 0; i < 4; i++)
        {
            members.Add(await stage.JoinAsync($"member {i}", new() { From = crowd }, stage.Gateway));
        }
        await RefusedAsync(stage, crowd);
        await stage.JoinAsync("elsewhere", new() { From = IPAddress.Parse("127.0.0.78") }, stage.Gateway);
        await members[0].CloseAsync();
        await Until.TrueAsync(
            async () =>
            {
                var again = await stage.OpenAsync("again", new() { From = crowd }, stage.Gateway);
                await again.HelloAsync();
                try
                {
                    await again.ExpectAsync("welcome");
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            },
            "the place of the one who left is free");
    }

    [Fact]
    public async Task A_crowd_from_one_address_is_told_by_close_code_or_by_status()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.PerAddress, 1));
        var crowd = IPAddress.Parse("127.0.0.79");
        var member = await stage.JoinAsync("member", new() { From = crowd }, stage.Gateway);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            await using var raw = await RawWebSocket.OpenAsync(stage.Gateway, crowd);
            if (!raw.StatusLine.Contains(" 101 ", StringComparison.Ordinal))
            {
                return (raw.StatusLine, raw.Headers.GetValueOrDefault("retry-after"));
            }
            return ((await raw.ReadAsync(8))?.CloseCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none", null);
        }));
        Assert.Contains(("4429", null), answers);
        Assert.All(answers, answer => Assert.Contains(answer, new[] { ("4429", null), ("HTTP/1.1 429 Too Many Requests", "10") }));
        await member.StartAsync();
        await member.ExpectAsync("searching");
    }

    [Fact]
    public async Task A_trusted_proxy_speaks_for_its_clients_and_others_do_not()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.PerAddress, 2).With(Keys.TrustedProxy, "127.0.0.88"));
        for (var i = 0; i < 5; i++)
        {
            await stage.JoinAsync($"proxied {i}", Proxied("127.0.0.88", $"198.51.100.{i}"), stage.Gateway);
        }
        for (var i = 0; i < 2; i++)
        {
            await stage.JoinAsync($"direct {i}", Proxied("127.0.0.89", $"198.51.100.{50 + i}"), stage.Gateway);
        }
        var refused = await stage.OpenAsync("direct 3", Proxied("127.0.0.89", "198.51.100.99"), stage.Gateway);
        await refused.ClosedAsync(4429);
    }

    [Fact]
    public async Task A_client_within_the_proxies_range_is_no_proxy()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.PerAddress, 2).With(Keys.TrustedProxy, "127.0.1.0/24"));
        for (var i = 0; i < 2; i++)
        {
            await stage.JoinAsync($"inner {i}", Proxied("127.0.1.1", $"198.51.100.{i}, 127.0.1.55"), stage.Gateway);
        }
        var refused = await stage.OpenAsync("inner 3", Proxied("127.0.1.1", "198.51.100.99, 127.0.1.55"), stage.Gateway);
        await refused.ClosedAsync(4429);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_closed_and_harms_nobody()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Burst, 100_000).With(Keys.ByteBurst, 1_000_000_000));
        var slow = await stage.SearcherAsync("slow", options: new() { ReceiveBufferBytes = 4096 });
        var talker = await stage.JoinAsync("talker");
        await talker.StartAsync();
        await Stage.MetAsync(slow, talker);
        await Stage.SettleAsync(slow, talker);
        var (c, d) = await stage.SettledPairAsync("c", "d");
        slow.PauseReading();
        var bulk = new string('x', 60_000);
        // The system's own socket buffers take megabytes before the server's queue fills.
        for (var i = 0; i < 1_000 && !await AwayAsync(talker); i++)
        {
            await talker.RelayAsync(bulk);
            if (i % 20 == 0)
            {
                await c.RelayAsync($"meanwhile {i}");
                await d.ExpectFrameAsync($"meanwhile {i}");
            }
        }
        await talker.NextAsync(m => m.Type == "peer-away", "peer-away: the slow client's connection was closed");
        Assert.True(talker.IsOpen && c.IsOpen && d.IsOpen);
        slow.ResumeReading();
        var closing = await slow.ClosedAsync();
        // The close frame stands behind what the client did not read; a client too slow for that sees the cut.
        Assert.True(closing.Code is 4413 or null, $"closed with {closing.Code}");
        var back = await stage.ReturnAsync(slow, new() { ReceiveBufferBytes = null });
        Assert.Equal("in-room", back.All[0].State);
        await talker.NextAsync(m => m.Type == "peer-back", "peer-back");
    }

    [Fact]
    public async Task A_client_that_reads_late_but_in_time_learns_why()
    {
        await using var stage = await StageAsync(Defaults.With(Keys.Burst, 100_000).With(Keys.ByteBurst, 1_000_000_000));
        var slow = await stage.SearcherAsync("slow", options: new() { ReceiveBufferBytes = 4096 });
        var talker = await stage.JoinAsync("talker");
        await talker.StartAsync();
        await Stage.MetAsync(slow, talker);
        await Stage.SettleAsync(slow, talker);
        slow.PauseReading();
        var flood = FloodAsync(talker, 400, new string('x', 60_000));
        await flood;
        slow.ResumeReading();
        var closing = await slow.ClosedAsync();
        Assert.True(closing.Code is 4413 or null, $"closed with {closing.Code}");
    }

    private static WireClientOptions Proxied(string from, string client) => new()
    {
        From = IPAddress.Parse(from),
        Headers = new Dictionary<string, string> { ["X-Forwarded-For"] = client },
    };

    private static Task<bool> AwayAsync(WireClient client) =>
        Task.FromResult(client.All.Any(m => m.Type == "peer-away"));

    private static async Task RefusedAsync(Stage stage, IPAddress from)
    {
        var refused = await stage.OpenAsync("refused", new() { From = from }, stage.Gateway);
        await refused.ClosedAsync(4429);
    }

    private static async Task FloodAsync(WireClient client, int frames, string payload)
    {
        try
        {
            for (var i = 0; i < frames; i++)
            {
                await client.RelayAsync(payload);
            }
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or OperationCanceledException)
        {
            // The server closed the connection meanwhile.
        }
    }
}
