namespace Camdiv.Gateway.Telemetry;

/// <summary>
/// Creates instruments that nothing else asks for when the host starts. As a service of its own, so that a host which
/// replaces the engine brings or leaves them with it.
/// </summary>
internal sealed class InstrumentsAtStart<T>(IServiceProvider services) : IHostedService
    where T : class
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetRequiredService<T>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
