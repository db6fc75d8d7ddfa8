using System.Globalization;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;
using Camdiv.Tests.Load.Servers;

namespace Camdiv.Tests.Gateway.Load;

/// <summary>
/// A short version of the soak of <c>BENCHMARKS.md</c>, on a gateway process of its own: no invariant may break, and no
/// person may leave memory behind. <c>CAMDIV_SOAK_SECONDS</c> makes it longer.
/// </summary>
[Trait("Category", "Soak")]
public sealed class SoakTests(ITestOutputHelper output)
{
    // At this rate 2.3 kB a person are 500 MB an hour; the collector's own steps of some MB stay far below.
    private const double PeopleASecond = 60;
    private const double MostMegabytesAnHour = 500;

    // Collected every 4 MB (hexadecimal), so that the process weighs what stays, and not how long the collector could wait.
    private static readonly (string, string) SmallNursery = ("DOTNET_GCgen0size", "400000");

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(LongRun.Number("CAMDIV_SOAK_SECONDS", 150));

    [Fact]
    public async Task A_mixed_day_in_three_minutes_breaks_nothing_and_leaves_no_memory_behind()
    {
        await using var server = await LocalServer.StartAsync(ServerKind.Product, [], SmallNursery);
        using var loop = new LoadLoop();
        var options = new LoadOptions
        {
            Rate = PeopleASecond,
            Stay = TimeSpan.FromSeconds(3),
            Warmup = TimeSpan.FromSeconds(30),
            Duration = Duration,
            Settling = TimeSpan.FromSeconds(30),
        };
        var result = await new LoadRunner(loop, new CamdivDriver(loop, [new Endpoint(server.Address)]), ServerMeter.Of(server.ProcessId))
            .RunAsync(new MixedScenario(), options, CancellationToken.None);
        var trend = Assert.Single(result.Cost!.Trends);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[figures] soak of {result.Seconds:f0} s: {result.Users} people, {result.Invariants.Rooms} rooms, {result.Invariants.Frames} frames, no violation; {trend.FirstMegabytes:f1} -> {trend.LastMegabytes:f1} MB, {trend.MegabytesPerHour:+0;-0;0} MB/h"));
        Assert.True(result.Invariants.Total == 0, string.Join('\n', result.Invariants.First));
        Assert.Empty(result.Errors);
        Assert.True(result.MatchesPerSecond > PeopleASecond / 4, $"only {result.MatchesPerSecond} matches a second");
        Assert.True(trend.MegabytesPerHour < MostMegabytesAnHour, $"memory grows: {trend}");
    }
}
