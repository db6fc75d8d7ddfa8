using Camdiv.Tests.Gateway.Protocol;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Load.Scenarios;

namespace Camdiv.Tests.Gateway.Load;

/// <summary>Every scenario, small and short, against the real gateway: it does its work and breaks no invariant.</summary>
public sealed class LoadRunTests
{
    private static readonly LoadOptions Small = new()
    {
        Rate = 40,
        Users = 60,
        Stay = TimeSpan.FromMilliseconds(300),
        Warmup = TimeSpan.FromSeconds(1),
        Duration = TimeSpan.FromSeconds(3),
    };

    [Theory]
    [InlineData("steady")]
    [InlineData("stampede")]
    [InlineData("skippers")]
    [InlineData("churn")]
    [InlineData("signaling")]
    [InlineData("relay")]
    [InlineData("mixed")]
    public async Task A_scenario_breaks_no_invariant(string scenario)
    {
        var options = scenario switch
        {
            "mixed" => Small with { Users = null, Rate = 20 },
            "stampede" => Small with { Duration = TimeSpan.FromSeconds(6) },
            _ => Small,
        };
        var result = await RunAsync(scenario, options);
        Assert.True(result.MatchesPerSecond > 0 || scenario == "relay", $"{scenario} made no match");
        Assert.True(result.FramesPerSecond > 0 || scenario is not ("relay" or "signaling" or "mixed"), $"{scenario} relayed nothing");
        Assert.True(result.Errors.Count == 0, string.Join(", ", result.Errors));
        Assert.True(result.Invariants.Total == 0, string.Join('\n', result.Invariants.First));
    }

    [Fact]
    public async Task Idle_users_connect_and_stay()
    {
        var result = await RunAsync("idle", Small with { Users = 300, Duration = TimeSpan.FromSeconds(1) });
        Assert.Equal(300, result.Samples[^1].Online);
        Assert.Empty(result.Errors);
    }

    private static async Task<RunResult> RunAsync(string scenario, LoadOptions options)
    {
        await using var system = await EmbeddedSystem.StartAsync(SystemSettings.Default
            .With(Keys.FrameRate, 10_000)
            .With(Keys.Burst, 10_000)
            .With(Keys.ByteBurst, 1_000_000_000));
        using var loop = new LoadLoop();
        var driver = new CamdivDriver(loop, [new Endpoint(system.Gateways[0])]);
        return await new LoadRunner(loop, driver, ServerMeter.Of(Environment.ProcessId))
            .RunAsync(Scenario.All[scenario](), options, CancellationToken.None);
    }
}
