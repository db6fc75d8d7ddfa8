using System.Text.Json;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Gateway.Faults;

/// <summary>What the single process leaves on disk.</summary>
public sealed class DataFolderTests
{
    [Fact]
    public async Task A_report_is_a_line_of_JSON_with_both_users()
    {
        var system = await GatewayProcess.StartAsync(SystemSettings.Default);
        await using var stage = new Stage(system);
        var (a, b) = await stage.SettledPairAsync(chat: "audio");
        await a.ReportAsync("rude \"words\"\nover two lines");
        var id = (await a.ExpectAsync("reported")).String("id");
        var line = Files(system).SelectMany(File.ReadLines).Single(l => l.Contains(id!, StringComparison.Ordinal));
        var report = JsonDocument.Parse(line).RootElement;
        var values = report.EnumerateObject().Select(p => p.Value.ToString()).ToList();
        Assert.Contains(a.User, values);
        Assert.Contains(b.User, values);
        Assert.Contains("rude \"words\"\nover two lines", values);
        Assert.Contains(values, value => value.Equals("audio", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(values, value => DateTimeOffset.TryParse(value, out var at) && at.Year > 2000);
    }

    [Fact]
    public async Task The_session_key_is_its_owner_s_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        await using var system = await GatewayProcess.StartAsync(SystemSettings.Default);
        await using var client = await Wire.WireClient.JoinAsync(system.Gateways[0]);
        var key = Directory.EnumerateFiles(system.DataFolder, "*key*", SearchOption.AllDirectories).Single();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }
    }

    [Fact]
    public async Task With_the_backup_off_nothing_of_queue_and_rooms_is_written()
    {
        var system = await GatewayProcess.StartAsync(SystemSettings.Default.With("Storage:Backup:Enabled", false));
        await using var stage = new Stage(system);
        var (a, b) = await stage.SettledPairAsync();
        var waiting = await stage.SearcherAsync("waiting", "text");
        await system.Process.KillAsync();
        foreach (var client in new[] { a, b, waiting })
        {
            Assert.DoesNotContain(Files(system), file => File.ReadAllText(file).Contains(client.User, StringComparison.Ordinal));
        }
        await system.RestartAsync();
        var back = await stage.ReturnAsync(waiting);
        Assert.Equal((waiting.User, "idle"), (back.User, back.All[0].State));
    }

    private static IEnumerable<string> Files(GatewayProcess system) =>
        Directory.EnumerateFiles(system.DataFolder, "*", SearchOption.AllDirectories);
}
