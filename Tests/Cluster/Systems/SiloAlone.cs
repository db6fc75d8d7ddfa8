using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>One node of both roles with nothing configured: a cluster of one in memory.</summary>
public sealed class SiloAlone : ISystemUnderTest
{
    private readonly TemporaryFolder _data = new();
    private readonly ProcessUnderTest _process;

    private SiloAlone(SystemSettings settings)
    {
        var port = FreePort.Tcp();
        Gateways = [new Uri($"http://127.0.0.1:{port}")];
        _process = ProcessUnderTest.StartDotnet(
            Repository.Output("Silo", "Camdiv.Silo"),
            [
                $"--urls=http://127.0.0.1:{port}",
                $"--Silo:SiloPort={SiloPort}",
                $"--Silo:GatewayPort={ClientPort}",
                $"--Storage:DataFolder={_data.Path}",
                .. settings.Arguments,
            ],
            Repository.Root);
    }

    /// <summary>Its port among nodes.</summary>
    public int SiloPort { get; } = FreePort.Tcp();

    /// <summary>Its port for admin commands.</summary>
    public int ClientPort { get; } = FreePort.Tcp();

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways { get; }

    /// <inheritdoc/>
    public string Output => _process.Output;

    /// <summary>Starts the node and awaits that it listens.</summary>
    public static async Task<SiloAlone> StartAsync(SystemSettings settings)
    {
        var silo = new SiloAlone(settings);
        try
        {
            await silo._process.ListeningAsync(TimeSpan.FromSeconds(60));
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _data.Dispose();
    }
}

/// <summary>Starts a node of its own for every test that asks for a system.</summary>
public sealed class SilosAlone : ISystemFactory
{
    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings) => await SiloAlone.StartAsync(settings);
}
