using System.Diagnostics.Metrics;
using Camdiv.Matchmaking;
using Camdiv.Silo;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Silo.Reports;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>Reports and a real Redis that goes and comes back.</summary>
[Collection(Alone.Name)]
public sealed class RedisReportTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeLogCollector _log = new();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Reports_are_entries_of_a_stream_in_order()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        using var sink = await StartAsync(redis, new ReportStreamOptions());
        for (var i = 0; i < 250; i++)
        {
            await sink.WriteAsync(Report(i), default);
        }
        await sink.StopAsync(default);
        var entries = await redis.Database.StreamRangeAsync("camdiv:reports");
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"r{i}"), entries.Select(entry => entry["id"].ToString()));
        Assert.Equal(
            ["2030-01-02T03:04:05.0000000+00:00", "alice", "bob", "room1", "video", "said \"no\"\n🙂"],
            new[] { "at", "reporter", "reported", "room", "chat", "reason" }.Select(field => entries[0][field].ToString()));
    }

    [Fact]
    public async Task The_stream_is_trimmed_to_about_its_bound()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        using var sink = await StartAsync(redis, new ReportStreamOptions { MaxLength = 100, Stream = "few" });
        for (var i = 0; i < 2_000; i++)
        {
            await sink.WriteAsync(Report(i), default);
        }
        await sink.StopAsync(default);
        // Redis trims whole nodes of 100 entries.
        Assert.InRange(await redis.Database.StreamLengthAsync("few"), 100, 300);
        Assert.Equal("r1999", (await redis.Database.StreamRangeAsync("few", count: 1, messageOrder: StackExchange.Redis.Order.Descending))[0]["id"]);
    }

    [Fact]
    public async Task While_redis_is_away_the_newest_wait_and_are_written_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        using var sink = await StartAsync(redis, new ReportStreamOptions { MaxPending = 50, RetryMs = 50 });
        await sink.WriteAsync(Report(0), default);
        await Until.TrueAsync(() => sink.Pending == 0, "the first report is written");

        await server.KillAsync();
        for (var i = 1; i <= 80; i++)
        {
            await sink.WriteAsync(Report(i), default);
        }
        Assert.Equal((50, 30L), (sink.Pending, sink.Dropped));
        await Until.TrueAsync(() => _log.Text().Contains("cannot be written", StringComparison.Ordinal), "the loss is logged");

        await server.RestartAsync();
        await Until.TrueAsync(() => sink.Pending == 0, "the reports are written", TimeSpan.FromSeconds(20));
        var ids = (await redis.Database.StreamRangeAsync("camdiv:reports")).Select(entry => entry["id"].ToString());
        Assert.Equal([0, .. Enumerable.Range(31, 50)], ids.Distinct().Select(id => int.Parse(id[1..])));
        Assert.Single(_log.Text().Split('\n'), line => line.Contains("cannot be written", StringComparison.Ordinal));
        await sink.StopAsync(default);
    }

    [Fact]
    public async Task A_stop_without_redis_is_short_and_says_what_is_lost()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        using var sink = await StartAsync(redis, new ReportStreamOptions());
        await server.KillAsync();
        await sink.WriteAsync(Report(1), default);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await sink.StopAsync(default);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"the stop took {clock.Elapsed}");
        Assert.Contains("1 reports are lost", _log.Text());
    }

    private static Task<RedisLink> ConnectAsync(RedisServer server) => RedisLink.ConnectAsync(
        new RedisOptions { ConnectionString = server.ConnectionString }, Repository.Root, TimeProvider.System, NullLogger.Instance, default);

    private static Report Report(int number) => new(
        $"r{number}",
        new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
        new UserId("alice"),
        new UserId("bob"),
        new RoomId("room1"),
        ChatType.Video,
        "said \"no\"\n🙂");

    private async Task<RedisReportSink> StartAsync(RedisLink redis, ReportStreamOptions options)
    {
        var sink = new RedisReportSink(
            redis,
            options,
            new SiloInstruments(_services.GetRequiredService<IMeterFactory>()),
            TimeProvider.System,
            new FakeLogger<RedisReportSink>(_log));
        await sink.StartAsync(default);
        return sink;
    }
}
