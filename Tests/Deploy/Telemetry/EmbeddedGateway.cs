using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Deploy.Telemetry;

/// <summary>The gateway as a program of its own, with an environment.</summary>
internal sealed class EmbeddedGateway : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();

    private EmbeddedGateway(IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var port = FreePort.Tcp();
        Address = new Uri($"http://127.0.0.1:{port}");
        Process = ProcessUnderTest.StartDotnet(
            Repository.Output("Gateway", "Camdiv.Gateway"),
            [
                $"--urls={Address}", $"--Storage:DataFolder={_data.Path}",
                "--Ice:Regions:0:Name=ams", "--Ice:Regions:0:Host=turn-ams.test", "--Ice:Regions:0:Secrets:0=secret-of-ams",
                "--Ice:Regions:1:Name=nyc", "--Ice:Regions:1:Host=turn-nyc.test", "--Ice:Regions:1:Secrets:0=secret-of-nyc",
                .. arguments,
            ],
            Path.Combine(Repository.Root, "Gateway"),
            environment);
    }

    public Uri Address { get; }

    public ProcessUnderTest Process { get; }

    public static async Task<EmbeddedGateway> StartAsync(
        IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var gateway = new EmbeddedGateway(environment ?? new Dictionary<string, string>(), arguments);
        await gateway.Process.ListeningAsync(TimeSpan.FromSeconds(60));
        return gateway;
    }

    /// <summary>Two strangers meet, talk directly and over a relay, and one goes on alone.</summary>
    public async Task MeetAsync(string chat = "video")
    {
        await using var one = await WireClient.JoinAsync(Address, new WireClientOptions { Name = "one" });
        await using var two = await WireClient.JoinAsync(Address, new WireClientOptions { Name = "two" });
        await one.StartAsync(chat);
        await one.ExpectAsync("searching");
        await two.StartAsync(chat);
        await one.ExpectAsync("matched");
        await two.ExpectAsync("matched");
        await one.RelayAsync("offer");
        await two.ExpectFrameAsync("offer");
        await one.ConnectedAsync(candidate: "srflx", ms: 420);
        await two.ConnectedAsync(candidate: "relay", protocol: "tls", ms: 900);
        using var http = new HttpClient { DefaultRequestHeaders = { { "Authorization", $"Bearer {one.Session}" } } };
        (await http.GetAsync(new Uri(Address, "/ice-servers"))).EnsureSuccessStatusCode();
        await two.RelayAsync("answer");
        await one.ExpectFrameAsync("answer");
        await one.StopAsync();
        await two.ExpectAsync("peer-left");
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _data.Dispose();
    }
}
