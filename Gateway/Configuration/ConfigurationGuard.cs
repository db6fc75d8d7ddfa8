namespace Camdiv.Gateway.Configuration;

/// <summary>Keeps a host with configuration mistakes from starting, and logs what is merely odd.</summary>
internal sealed partial class ConfigurationGuard(ConfigurationReport report, ILogger<ConfigurationGuard> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        report.ThrowIfAny();
        foreach (var warning in report.Warnings)
        {
            LogWarning(logger, warning);
        }
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1601, LogLevel.Warning, "Configuration: {Warning}.")]
    private static partial void LogWarning(ILogger logger, string warning);
}
