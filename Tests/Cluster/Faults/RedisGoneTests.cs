using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>Redis is killed under load and comes back. <c>CAMDIV_REDIS_GONE_SECONDS</c> sets for how long.</summary>
[Collection(Alone.Name)]
public sealed class RedisGoneTests(ITestOutputHelper output) : FaultTest(output)
{
    [Fact]
    public Task Matching_goes_on_without_redis_and_what_waited_is_written_when_it_is_back() => RunAsync(async (cluster, crowd) =>
    {
        var gone = TimeSpan.FromSeconds(LongRun.Number("CAMDIV_REDIS_GONE_SECONDS", 11));
        await using var stage = new Stage(new Borrowed(cluster)) { Invariants = null };

        var from = WireClock.Now;
        await PassAsync(TimeSpan.FromSeconds(4));
        var lostAt = WireClock.Now;
        var before = crowd.MatchesBetween(from, lostAt) / WireClock.Span(lostAt - from).TotalSeconds;
        await cluster.Redis.KillAsync();
        var report = await ReportAndBlockAsync(stage);
        var (a, b) = (report.A, report.B);
        await PassAsync(gone);
        var backAt = WireClock.Now;
        var during = crowd.MatchesBetween(lostAt, backAt) / WireClock.Span(backAt - lostAt).TotalSeconds;
        var worst = crowd.WorstWaitSince(lostAt);
        await cluster.Redis.RestartAsync();

        var recorded = await RecordedAsync(cluster.Redis.ConnectionString, report.Id);
        Print($"Redis gone for {Show(WireClock.Span(backAt - lostAt))}: {during:f0} matches/s told meanwhile, {before:f0} before; "
            + $"worst wait {Show(worst)}; the report was written {Show(recorded)} after Redis was back");

        // The membership works again: every process can be replaced, and the block outlives them.
        foreach (var node in cluster.GatewayNodes)
        {
            node.Process.Terminate();
            await node.Process.EndedAsync(TimeSpan.FromSeconds(60));
            await node.RestartAsync();
        }
        await NeverMeetAsync(stage, await a.ReturnAsync(cluster.Gateways[1]), await b.ReturnAsync(cluster.Gateways[0]));
        var joined = WireClock.Now;
        await PassAsync(TimeSpan.FromSeconds(3));
        var kept = crowd.RoomsKept(joined);
        await EndAsync(crowd);
        Assert.InRange(worst, TimeSpan.Zero, MostStranded);
        Assert.True(during > before / 4, $"{during:f1} matches/s without Redis, {before:f1} with it");
        Assert.Equal(crowd.Couples.Count, kept);
    }, Settings.With(Keys.Cooldown, 0));

    private static async Task<(string Id, WireClient A, WireClient B)> ReportAndBlockAsync(Stage stage)
    {
        var a = await stage.JoinAsync("reporter");
        var b = await stage.JoinAsync("reported");
        foreach (var client in new[] { a, b })
        {
            await client.StartAsync("text", interests: ["while Redis is gone"]);
        }
        await a.NextAsync(m => m.Type == "matched", "matched");
        await b.NextAsync(m => m.Type == "matched", "matched");
        await Stage.SettleAsync(a, b);
        await a.ReportAsync("while Redis is gone");
        var reported = await a.NextAsync(m => m.Type == "reported", "reported");
        await a.BlockAsync();
        await b.NextAsync(m => m.Type == "peer-left", "peer-left");
        return (reported.String("id")!, a, b);
    }

    private static async Task<TimeSpan> RecordedAsync(string redis, string id)
    {
        var from = WireClock.Now;
        await using var link = await RedisLink.ConnectAsync(
            new RedisOptions { ConnectionString = redis }, Repository.Root, TimeProvider.System, NullLogger.Instance, default);
        await Until.TrueAsync(
            async () => (await link.Database.StreamRangeAsync("camdiv:reports")).Any(entry => entry["id"] == id),
            "the report is in the stream",
            TimeSpan.FromSeconds(30));
        return WireClock.Span(WireClock.Now - from);
    }

    // Both wait for the same rare interest, so nobody else meets them and only the block keeps them apart.
    private static async Task NeverMeetAsync(Stage stage, WireClient a, WireClient b)
    {
        foreach (var client in new[] { a, b })
        {
            await client.StartAsync("text", interests: ["after Redis was gone"]);
            await client.NextAsync(m => m.Type == "searching", "searching");
        }
        var third = await stage.JoinAsync("third");
        await third.StartAsync("text", interests: ["after Redis was gone"]);
        var met = await third.NextAsync(m => m.Type == "matched", "matched");
        await Until.TrueAsync(
            () => new[] { a, b }.Any(client => client.All.Any(m => m.Type == "matched" && m.Room == met.Room)),
            "the match of the third, at one of the two");
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    /// <summary>A system whose end is another's business.</summary>
    private sealed class Borrowed(ISystemUnderTest system) : ISystemUnderTest
    {
        public IReadOnlyList<Uri> Gateways => system.Gateways;

        public string Output => system.Output;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
