namespace Camdiv.Tests.Kit;

/// <summary>The embedded product as a process of its own: it can be killed, frozen and started again.</summary>
public sealed class GatewayProcess : ISystemUnderTest
{
    private readonly SystemSettings _settings;
    private readonly TemporaryFolder _data = new();
    private readonly int _port = FreePort.Tcp();
    private ProcessUnderTest _process;

    private GatewayProcess(SystemSettings settings)
    {
        _settings = settings;
        _process = Launch();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways => [new Uri($"http://127.0.0.1:{_port}")];

    /// <inheritdoc/>
    public string Output => _process.Output;

    /// <summary>The process that runs now.</summary>
    public ProcessUnderTest Process => _process;

    /// <summary>Its data folder, which outlives a restart.</summary>
    public string DataFolder => _data.Path;

    /// <summary>Starts the gateway on a free port with a data folder of its own and awaits that it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(SystemSettings settings)
    {
        var gateway = new GatewayProcess(settings);
        try
        {
            await gateway._process.ListeningAsync().ConfigureAwait(false);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts it again, on the same port and data, after it was killed or ended.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        _process = Launch();
        await _process.ListeningAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync().ConfigureAwait(false);
        _data.Dispose();
    }

    private ProcessUnderTest Launch() =>
        ProcessUnderTest.StartDotnet(
            Repository.Output("Gateway", "Camdiv.Gateway"),
            [$"--urls=http://127.0.0.1:{_port}", $"--Storage:DataFolder={_data.Path}", .. _settings.Arguments],
            Path.Combine(Repository.Root, "Gateway"));
}
