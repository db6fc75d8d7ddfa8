using System.Net;
using System.Text.Json;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Attacks;

/// <summary>
/// Floods of reports against a real process. <c>CAMDIV_REPORT_FLOOD_SECONDS</c> and <c>CAMDIV_REPORT_FLOOD_SOCKETS</c> make
/// them last longer and be wider than the usual run.
/// </summary>
public sealed class ReportFloodTests(ITestOutputHelper output)
{
    private const int LinesPerAddress = 100;

    [Fact]
    public async Task One_address_leaves_what_others_reported_and_room_for_more()
    {
        var (system, flood, honest) = await FloodAsync(files: 2, addresses: 1);
        await using (system)
        {
            Assert.InRange(flood.Recorded, 1, LinesPerAddress);
            Assert.Contains("rate-limited", flood.Refused.Keys);
            Assert.Contains(honest, Ids(system));
            Assert.Contains(await ReportAsync(system, "127.0.0.3"), Ids(system));
            new Outcome("a flood of reports from one address", "erases everybody's earlier reports in 27 s")
                .Write(output, Layout.OneProcess, $"{flood.Recorded} of {flood.Sent:#,0} recorded; earlier ones stay, others' are taken");
        }
    }

    [Fact]
    public async Task Many_addresses_fill_the_files_but_push_nothing_out_and_raise_the_alarm()
    {
        var (system, flood, honest) = await FloodAsync(files: 1, addresses: 3);
        await using (system)
        {
            var ids = Ids(system);
            Assert.Contains(honest, ids);
            Assert.Contains("unavailable", flood.Refused.Keys);
            // Whoever was told that a report is recorded finds it recorded.
            Assert.Equal(flood.Recorded + 1, ids.Count);
            new Outcome("a flood of reports from three addresses that fills the files", "erases everybody's earlier reports")
                .Write(output, Layout.OneProcess, "nothing erased, an alarm, `unavailable` until there is room");
            Assert.Single(system.Output.Split('\n'), line => line.Contains("no room for more users' reports", StringComparison.Ordinal));
        }
    }

    // Without the bounds the first second of a flood fills these files.
    private async Task<(GatewayProcess System, ReportFlood.Outcome Flood, string Honest)> FloodAsync(int files, int addresses)
    {
        var system = await GatewayProcess.StartAsync(SystemSettings.Default
            .With("Storage:Reports:MaxFileBytes", 131_072)
            .With("Storage:Reports:MaxFiles", files)
            .With("Storage:Reports:PerAddress", LinesPerAddress)
            .With("Gateway:Limits:ConnectionsPerAddress", 1_000));
        var honest = await ReportAsync(system, "127.0.0.2");
        var flood = await ReportFlood.RunAsync(
            system.Gateways[0],
            LongRun.Number("CAMDIV_REPORT_FLOOD_SOCKETS", 30),
            TimeSpan.FromSeconds(LongRun.Number("CAMDIV_REPORT_FLOOD_SECONDS", 6)),
            [.. Enumerable.Range(1, addresses).Select(i => IPAddress.Parse($"127.0.9.{i}"))]);
        output.WriteLine($"{flood.Sent} reports sent from {addresses} addresses, {flood.Recorded} recorded; refused: "
            + string.Join(", ", flood.Refused.Select(pair => $"{pair.Key} {pair.Value}")));
        return (system, flood, honest);
    }

    private static async Task<string> ReportAsync(GatewayProcess system, string from)
    {
        var options = new WireClientOptions { From = IPAddress.Parse(from) };
        await using var a = await WireClient.JoinAsync(system.Gateways[0], options);
        await using var b = await WireClient.JoinAsync(system.Gateways[0], options);
        await a.StartAsync("audio");
        await b.StartAsync("audio");
        await a.NextAsync(m => m.Type == "matched", "matched");
        await a.ReportAsync("an honest report");
        return (await a.NextAsync(m => m.Type is "reported" or "error", "an answer to the report")).String("id")!;
    }

    private static List<string> Ids(GatewayProcess system) => [.. Directory.EnumerateFiles(system.DataFolder, "reports*.jsonl")
        .SelectMany(File.ReadLines)
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];
}
