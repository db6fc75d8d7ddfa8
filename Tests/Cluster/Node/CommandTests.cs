using System.Text.Json;
using Camdiv.Silo.Commands;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Node;

/// <summary>The program's commands, run in this process against real nodes.</summary>
[Collection(Alone.Name)]
public sealed class CommandTests
{
    [Fact]
    public async Task Words_that_are_no_command_are_refused()
    {
        var (code, output, error) = await RunAsync("amdin", "online");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("'amdin' is neither a command nor configuration", error);
    }

    [Fact]
    public async Task An_unreachable_cluster_is_an_error_of_its_own()
    {
        var (code, output, error) = await RunAsync("admin", "silos", $"--Silo:GatewayPort={FreePort.Tcp()}");
        Assert.Equal((CommandLine.ExitUnreachable, ""), (code, output));
        Assert.StartsWith("The cluster does not answer: ", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task An_unreachable_redis_is_named()
    {
        var port = FreePort.Tcp();
        var (code, _, error) = await RunAsync("admin", "online", $"--Redis:ConnectionString=127.0.0.1:{port}");
        Assert.Equal(CommandLine.ExitUnreachable, code);
        Assert.Contains($"Redis at 127.0.0.1:{port}", error);
    }

    [Fact]
    public async Task Mistakes_of_the_configuration_are_told()
    {
        var (code, _, error) = await RunAsync("admin", "online", "--Redis:ConnectionString=host,noSuchOption=1");
        Assert.Equal(2, code);
        Assert.Contains("Redis:ConnectionString", error);
    }

    [Fact]
    public async Task Operators_see_the_cluster_and_drain_a_gateway()
    {
        var cluster = await RealCluster.StartAsync(SystemSettings.Default, matchmakers: 1, gateways: 2);
        await using var stage = new Stage(cluster);
        var (a, b) = await stage.SettledPairAsync();
        await stage.SearcherAsync("c", "audio");
        var redis = $"--Redis:ConnectionString={cluster.Redis.ConnectionString}";

        Assert.Equal(3, (await JsonAsync("online", redis)).GetProperty("total").GetInt32());
        Assert.Equal(1, (await JsonAsync("rooms", redis)).GetProperty("total").GetInt32());
        Assert.Equal(1, (await JsonAsync("searching", redis)).GetProperty("audio").GetProperty("waiting").GetInt32());
        Assert.Equal(
            ["gateway-1: serving", "gateway-2: serving", "matchmaker-1: -"],
            (await JsonAsync("silos", redis)).EnumerateArray().Select(silo => $"{silo.GetProperty("name")}: {silo.GetProperty("gateway")}"));
        Assert.Contains("matchmaker-1", (await RunAsync("admin", "silos", redis)).Output);

        Assert.Equal(CommandLine.ExitNotFound, (await RunAsync("admin", "drain", "nobody", redis)).Code);
        Assert.Equal(0, (await RunAsync("admin", "drain", "gateway-1", redis)).Code);
        await a.NextAsync(m => m.Type == "draining", "draining");
        await a.ClosedAsync(1012);
        var back = await a.ReturnAsync(cluster.Gateways[1]);
        Assert.Equal("in-room", back.All[0].State);
        Assert.Contains(
            (await JsonAsync("silos", redis)).EnumerateArray(), silo => silo.GetProperty("gateway").GetString() == "draining");
        await back.DisposeAsync();
        await b.StopAsync();
    }

    private static async Task<JsonElement> JsonAsync(string command, string redis)
    {
        var (code, output, error) = await RunAsync("admin", command, "--json", redis);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
