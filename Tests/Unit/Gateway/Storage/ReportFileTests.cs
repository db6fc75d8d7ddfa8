using System.Diagnostics.Metrics;
using System.Text.Json;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Storage;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Unit.Gateway.Storage;

public sealed class ReportFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private string Newest => Path.Combine(_folder.Path, "data", "reports.jsonl");

    public void Dispose()
    {
        _folder.Dispose();
        _provider.Dispose();
    }

    [Fact]
    public async Task A_report_is_a_line_of_json()
    {
        using (var reports = Open())
        {
            await reports.WriteAsync(Report("1", "line\nbreak \"quoted\""), default);
            await reports.WriteAsync(Report("2", "second"), default);
        }
        var lines = File.ReadAllLines(Newest);
        Assert.Equal(2, lines.Length);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal("line\nbreak \"quoted\"", first.GetProperty("reason").GetString());
        Assert.Equal(
            ["time", "id", "reporter", "reported", "room", "chat", "reason"], first.EnumerateObject().Select(p => p.Name));
        Assert.Equal("text", first.GetProperty("chat").GetString());
        Assert.Equal(_time.GetUtcNow(), first.GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public async Task Files_are_bounded_and_no_report_makes_room_for_another()
    {
        using var reports = Open(new ReportOptions { MaxFileBytes = 4_096, MaxFiles = 3 });
        var written = await FillAsync(reports);
        var folder = Path.GetDirectoryName(Newest)!;
        var files = Directory.GetFiles(folder).Select(Path.GetFileName).Order();
        Assert.Equal(["reports.1.jsonl", "reports.2.jsonl", "reports.jsonl"], files);
        Assert.All(Directory.GetFiles(folder), f => Assert.InRange(new FileInfo(f).Length, 1, 4_096));
        Assert.Equal(written, Ids(folder).Count);
        Assert.Equal(1, reports.Fill);

        // Whoever reads them takes the oldest file away.
        File.Delete(Path.Combine(folder, "reports.2.jsonl"));
        await reports.WriteAsync(Report("room again", "x"), default);
        Assert.Contains("room again", Ids(folder));
        Assert.InRange(reports.Fill, 0.3, 0.9);
    }

    [Fact]
    public async Task A_file_that_is_taken_away_is_begun_anew()
    {
        using var reports = Open();
        await reports.WriteAsync(Report("1", "x"), default);
        File.Move(Newest, Newest + ".read");
        await reports.WriteAsync(Report("2", "x"), default);
        Assert.Contains("\"id\":\"2\"", Assert.Single(File.ReadAllLines(Newest)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_whose_time_is_up_are_deleted()
    {
        var folder = Path.GetDirectoryName(Newest)!;
        Directory.CreateDirectory(folder);
        foreach (var (name, days) in new[] { ("reports.2.jsonl", 31), ("reports.1.jsonl", 29), ("reports.jsonl", 0) })
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, $$"""{"id":"{{days}}"}""" + "\n");
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(days));
        }
        using var kept = Open();
        using var reports = Open(new ReportOptions { KeepDays = 30 });
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["0", "29"], Ids(folder).Order());
        await reports.WriteAsync(Report("more", "x"), default);
        Assert.Equal(["0", "29", "more"], Ids(folder).Order());
    }

    [Theory]
    [InlineData("<")]
    [InlineData("\"")]
    [InlineData("\u0001")]
    [InlineData("\u4f60")]
    [InlineData("\u2028")]
    [InlineData("\ue000")]
    [InlineData("\ud83d\ude42")]
    public async Task A_line_is_short_whatever_the_reason_is_made_of(string unit)
    {
        var reason = string.Concat(Enumerable.Repeat(unit, 500 / unit.Length));
        using (var reports = Open())
        {
            await reports.WriteAsync(Report("1", reason), default);
        }
        Assert.InRange(new FileInfo(Newest).Length, 300, 1_792);
        var told = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Newest))).RootElement.GetProperty("reason").GetString()!;
        Assert.StartsWith(unit == "\u0001" ? " " : unit, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_desk_says_once_that_there_is_no_room()
    {
        var log = new FakeLogger<ReportDesk>();
        using var reports = Open(new ReportOptions { MaxFileBytes = 4_096, MaxFiles = 1 });
        var desk = new ReportDesk(
            reports,
            new ReportOptions(),
            new GatewayInstruments(_provider.GetRequiredService<IMeterFactory>()),
            _time,
            log);
        await FillAsync(reports);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<MatchmakerUnavailableException>(
                async () => await desk.WriteAsync(Report("late", new string('x', 400)), default));
        }
        Assert.Equal(1, log.Collector.Count);
        File.Delete(Newest);
        await desk.WriteAsync(Report("room again", "x"), default);
        Assert.Equal(1, log.Collector.Count);
    }

    [Fact]
    public async Task A_torn_line_of_a_killed_process_does_not_spoil_the_next()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Newest)!);
        File.WriteAllText(Newest, "{\"time\":\"20");
        using (var reports = Open())
        {
            await reports.WriteAsync(Report("1", "whole"), default);
        }
        Assert.Contains("\"id\":\"1\"", File.ReadAllLines(Newest)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_unavailable_until_it_can()
    {
        var inTheWay = Path.GetDirectoryName(Newest)!;
        File.WriteAllText(inTheWay, "");
        using var reports = Open();
        await Assert.ThrowsAsync<MatchmakerUnavailableException>(async () => await reports.WriteAsync(Report("1", "x"), default));
        File.Delete(inTheWay);
        await reports.WriteAsync(Report("2", "x"), default);
        Assert.Single(File.ReadAllLines(Newest));
    }

    [Fact]
    public async Task Many_writers_share_the_file()
    {
        using (var reports = Open())
        {
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(async () => await reports.WriteAsync(Report($"{i}", "x"), default))));
        }
        Assert.Equal(500, File.ReadAllLines(Newest).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("id").GetString()).Distinct().Count());
    }

    private async Task<int> FillAsync(ReportFile reports)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await reports.WriteAsync(Report($"{i}", new string('x', 400)), default);
            }
            catch (MatchmakerUnavailableException)
            {
                return i;
            }
        }
    }

    private static List<string?> Ids(string folder) => [.. Directory.GetFiles(folder)
        .SelectMany(File.ReadAllLines)
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString())];

    private ReportFile Open(ReportOptions? options = null) => new(
        Path.GetDirectoryName(Newest)!,
        options ?? new ReportOptions(),
        new GatewayInstruments(_provider.GetRequiredService<IMeterFactory>()),
        _time,
        NullLogger<ReportFile>.Instance);

    private Report Report(string id, string reason) =>
        new(id, _time.GetUtcNow(), new UserId("a"), new UserId("b"), new RoomId("r"), ChatType.Text, reason);
}
