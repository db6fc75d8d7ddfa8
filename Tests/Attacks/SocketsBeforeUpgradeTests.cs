using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Attacks;

/// <summary>Sockets that never become WebSockets, against a real process: they keep nobody else out, and do not last.</summary>
public sealed class SocketsBeforeUpgradeTests(ITestOutputHelper output)
{
    private const int OpenFiles = 4_096;
    private const int Idle = 3_900;
    private const int Share = 256;
    private const int ForEver = 600_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // What a probe allows; idle sockets that are let in would keep everybody out for good.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Idle_sockets_of_one_address_keep_nobody_out()
    {
        await using var gateway = await LimitedGateway.StartAsync(OpenFiles, SystemSettings.Default.With(Keys.KeepAlive, ForEver));
        await using var idle = await Crowd.OpenAsync(gateway.Address, Idle, "127.0.0.66");
        await OthersAreServedAsync(gateway);
        await Until.TrueAsync(() => idle.Open <= Share, $"all but {Share} idle sockets closed", Patience);
        Assert.InRange(idle.Open, 1, Share);
        await OthersAreServedAsync(gateway);
        Assert.Contains("holds its share of sockets", gateway.Process.Output, StringComparison.Ordinal);
        new Outcome($"{Idle:#,0} idle TCP connections of one address, 4,096 open files", "others and probes unserved for as long as they stay")
            .Write(output, Layout.OneProcess, $"{idle.Open} of them stay at most 15 s; others and probes are served");
    }

    [Fact]
    public async Task The_last_places_are_for_addresses_that_hold_few()
    {
        await using var gateway = await LimitedGateway.StartAsync(OpenFiles / 2, SystemSettings.Default.With(Keys.KeepAlive, ForEver));
        var addresses = Enumerable.Range(1, 8).Select(n => string.Create(CultureInfo.InvariantCulture, $"127.0.1.{n}")).ToArray();
        await using var idle = await Crowd.OpenAsync(gateway.Address, Share, addresses);
        // All of it is more than there is room for, so the last of them are refused even within their share.
        await Until.TrueAsync(() => idle.Open < Share * addresses.Length, "some idle sockets closed", Patience);
        await OthersAreServedAsync(gateway);
    }

    [Fact]
    public async Task An_idle_socket_is_closed_in_time()
    {
        await using var gateway = await LimitedGateway.StartAsync(OpenFiles, SystemSettings.Default.With(Keys.KeepAlive, 1_000));
        await using var idle = await Crowd.OpenAsync(gateway.Address, 100, "127.0.0.66");
        await Until.TrueAsync(() => idle.Open == 0, "all idle sockets closed", Patience);
    }

    [Fact]
    public async Task Headers_that_trickle_in_are_cut_off()
    {
        await using var gateway = await LimitedGateway.StartAsync(
            OpenFiles, SystemSettings.Default.With(Keys.KeepAlive, ForEver).With(Keys.RequestHeaders, 1_000));
        await using var slow = await Crowd.OpenAsync(gateway.Address, 200, "127.0.0.66");
        using var stop = new CancellationTokenSource();
        var trickle = slow.TrickleAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", stop.Token);
        await OthersAreServedAsync(gateway);
        await Until.TrueAsync(() => slow.Answered == 200, "all slow requests answered with 408", Patience);
        await stop.CancelAsync();
        await trickle;
        await OthersAreServedAsync(gateway);
    }

    [Fact]
    public async Task A_trusted_proxy_may_hold_more_than_a_share()
    {
        await using var gateway = await LimitedGateway.StartAsync(
            OpenFiles,
            SystemSettings.Default.With(Keys.KeepAlive, ForEver).With(Keys.PendingPerAddress, 4).With(Keys.TrustedProxy, "127.0.0.88"));
        await using var proxy = await Crowd.OpenAsync(gateway.Address, 40, "127.0.0.88");
        await using var other = await Crowd.OpenAsync(gateway.Address, 40, "127.0.0.89");
        await Until.TrueAsync(() => other.Open == 4, "all but four sockets of the other address closed", Patience);
        Assert.Equal(40, proxy.Open);
    }

    [Fact]
    public async Task A_websocket_takes_nothing_of_the_share()
    {
        await using var gateway = await LimitedGateway.StartAsync(OpenFiles, SystemSettings.Default.With(Keys.PendingPerAddress, 2));
        var clients = new List<WireClient>();
        for (var i = 0; i < 10; i++)
        {
            clients.Add(await WireClient.JoinAsync(gateway.Address, new() { From = IPAddress.Parse("127.0.0.66") }));
        }
        Assert.All(clients, client => Assert.True(client.IsOpen));
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    // A stranger from another address is welcomed and probes are answered, at once and again.
    private static async Task OthersAreServedAsync(LimitedGateway gateway)
    {
        for (var i = 0; i < 3; i++)
        {
            using var http = new HttpClient { BaseAddress = gateway.Address, Timeout = ProbeTimeout };
            Assert.Equal("ready", await http.GetStringAsync("healthz/ready"));
            Assert.Equal("live", await http.GetStringAsync("healthz/live"));
            await using var client = await WireClient.JoinAsync(gateway.Address, new() { From = IPAddress.Parse("127.0.0.2") })
                .WaitAsync(ProbeTimeout);
            await client.StartAsync();
            await client.ExpectAsync("searching");
        }
    }

    private sealed class Crowd(ConcurrentBag<RawSocket> sockets) : IAsyncDisposable
    {
        private int _answered;

        public int Open => sockets.Count(socket => !socket.IsEnded);

        public int Answered => Volatile.Read(ref _answered);

        public static async Task<Crowd> OpenAsync(Uri gateway, int each, params string[] addresses)
        {
            var sockets = new ConcurrentBag<RawSocket>();
            await Parallel.ForEachAsync(
                addresses.SelectMany(address => Enumerable.Repeat(IPAddress.Parse(address), each)),
                new ParallelOptions { MaxDegreeOfParallelism = 32 },
                async (from, _) =>
                {
                    try
                    {
                        sockets.Add(await RawSocket.ConnectAsync(gateway, from));
                    }
                    catch (SocketException)
                    {
                        // Closed by the gateway before this side was told that it is open.
                    }
                });
            return new Crowd(sockets);
        }

        public Task TrickleAsync(string text, CancellationToken stop) => Task.WhenAll(sockets.Select(socket => TrickleAsync(socket, text, stop)));

        public async ValueTask DisposeAsync()
        {
            foreach (var socket in sockets)
            {
                await socket.DisposeAsync();
            }
        }

        // A byte at a time and no end, until the server answers.
        private async Task TrickleAsync(RawSocket socket, string text, CancellationToken stop)
        {
            var answer = socket.StatusAsync();
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            try
            {
                for (var i = 0; !answer.IsCompleted; i++)
                {
                    await socket.SendAsync(i < text.Length ? text[i..(i + 1)] : "x");
                    await pace.WaitForNextTickAsync(stop);
                }
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException)
            {
                // Closed, or the test has seen enough.
            }
            if (await answer == "408")
            {
                Interlocked.Increment(ref _answered);
            }
        }
    }
}
