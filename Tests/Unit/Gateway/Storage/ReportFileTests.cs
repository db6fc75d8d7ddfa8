using System.Diagnostics.Metrics;
using System.Text.Json;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Storage;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

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
    public async Task Files_are_bounded_in_size_and_number()
    {
        using var reports = Open(new ReportOptions { MaxFileBytes = 4_096, MaxFiles = 3 });
        for (var i = 0; i < 200; i++)
        {
            await reports.WriteAsync(Report($"{i}", new string('x', 400)), default);
        }
        var files = Directory.GetFiles(Path.GetDirectoryName(Newest)!).Select(Path.GetFileName).Order();
        Assert.Equal(["reports.1.jsonl", "reports.2.jsonl", "reports.jsonl"], files);
        Assert.All(Directory.GetFiles(Path.GetDirectoryName(Newest)!), f => Assert.InRange(new FileInfo(f).Length, 1, 4_096));
        Assert.Contains("\"id\":\"199\"", File.ReadAllLines(Newest)[^1], StringComparison.Ordinal);
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

    private ReportFile Open(ReportOptions? options = null) => new(
        Path.GetDirectoryName(Newest)!,
        options ?? new ReportOptions(),
        new GatewayInstruments(_provider.GetRequiredService<IMeterFactory>()),
        _time,
        NullLogger<ReportFile>.Instance);

    private Report Report(string id, string reason) =>
        new(id, _time.GetUtcNow(), new UserId("a"), new UserId("b"), new RoomId("r"), ChatType.Text, reason);
}
