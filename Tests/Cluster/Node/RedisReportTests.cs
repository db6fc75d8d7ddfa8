using System.Diagnostics.Metrics;
using Camdiv.Matchmaking;
using Camdiv.Silo;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Silo.Reports;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
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
    public async Task A_full_stream_takes_no_more_and_loses_none()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        using var sink = await StartAsync(redis, new ReportStreamOptions { MaxLength = 100, Stream = "few" });
        var taken = 0;
        for (var i = 0; i < 2_000; i++)
        {
            try
            {
                await sink.WriteAsync(Report(i), default);
                taken++;
            }
            catch (MatchmakerUnavailableException)
            {
                Assert.Equal(1, sink.Fill);
            }
        }
        await Until.TrueAsync(() => sink.Pending == 0, "the reports are written");
        Assert.Equal(100, taken);
        var entries = await redis.Database.StreamRangeAsync("few");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"r{i}"), entries.Select(entry => entry["id"].ToString()));

        // An operator takes out what was read.
        await redis.Database.StreamDeleteAsync("few", [.. entries.Take(50).Select(entry => entry.Id)]);
        await Until.TrueAsync(() => sink.Fill < 0.6, "the sink sees the room", TimeSpan.FromSeconds(20));
        await sink.WriteAsync(Report(9_999), default);
        await sink.StopAsync(default);
        Assert.Equal(51, await redis.Database.StreamLengthAsync("few"));
    }

    [Fact]
    public async Task Reports_older_than_the_operator_s_rule_are_taken_out()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        var old = TimeProvider.System.GetUtcNow().AddDays(-31).ToUnixTimeMilliseconds();
        await redis.Database.StreamAddAsync("camdiv:reports", "id", "old", messageId: $"{old}-0");
        await redis.Database.StreamAddAsync("camdiv:reports", "id", "young");
        using var sink = await StartAsync(redis, new ReportStreamOptions { KeepDays = 30 });
        await Until.TrueAsync(async () => await redis.Database.StreamLengthAsync("camdiv:reports") == 1, "the old one is taken out");
        Assert.Equal("young", (await redis.Database.StreamRangeAsync("camdiv:reports"))[0]["id"]);
        await sink.StopAsync(default);
    }

    [Fact]
    public async Task While_redis_is_away_some_wait_and_are_written_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server);
        using var sink = await StartAsync(redis, new ReportStreamOptions { MaxPending = 50, RetryMs = 50 });
        await sink.WriteAsync(Report(0), default);
        await Until.TrueAsync(() => sink.Pending == 0, "the first report is written");

        await server.KillAsync();
        for (var i = 1; i <= 50; i++)
        {
            await sink.WriteAsync(Report(i), default);
        }
        await Assert.ThrowsAsync<MatchmakerUnavailableException>(async () => await sink.WriteAsync(Report(51), default));
        Assert.Equal((50, 1.0), (sink.Pending, sink.Fill));
        await Until.TrueAsync(() => _log.Text().Contains("cannot be written", StringComparison.Ordinal), "the loss is logged");

        await server.RestartAsync();
        await Until.TrueAsync(() => sink.Pending == 0, "the reports are written", TimeSpan.FromSeconds(20));
        var ids = (await redis.Database.StreamRangeAsync("camdiv:reports")).Select(entry => entry["id"].ToString());
        Assert.Equal(Enumerable.Range(0, 51), ids.Distinct().Select(id => int.Parse(id[1..])));
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
