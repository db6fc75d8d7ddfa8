using Camdiv.Tests.Kit;

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
                // Strangers of one address meet over and over, until every figure has been told.
                "--Gateway:Limits:HandshakesPerSecond=1000000", "--Ice:Regions:0:Name=ams", "--Ice:Regions:0:Host=turn-ams.test", "--Ice:Regions:0:Secrets:0=secret-of-ams",
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

    /// <summary>Two strangers meet; see <see cref="Strangers.MeetAsync"/>.</summary>
    public Task MeetAsync(string chat = "video") => Strangers.MeetAsync(Address, chat);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _data.Dispose();
    }
}
