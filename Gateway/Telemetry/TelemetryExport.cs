using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Camdiv.Gateway.Telemetry;

/// <summary>
/// Begins counters at zero once an exporter listens, and sends what is left when all other services have stopped, so that a
/// drain is seen to its end. The container alone would do that late: after the instruments are gone, and with more patience.
/// </summary>
internal sealed partial class TelemetryExport(
    TelemetrySignals signals,
    MeterProvider? metrics,
    TracerProvider? traces,
    IEnumerable<IZeroedInstruments> instruments,
    ILogger<TelemetryExport> logger) : IHostedLifecycleService
{
    // A collector that is away must not hold up a stop for longer.
    private const int ShutdownMs = 2_000;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        LogExporting(logger, signals.Metrics, signals.Traces, signals.Logs);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var area in instruments)
        {
            area.Zero();
        }
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            traces?.Shutdown(ShutdownMs);
            metrics?.Shutdown(ShutdownMs);
        },
        CancellationToken.None);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1801, LogLevel.Information, "Exporting by OTLP: metrics {Metrics}, traces {Traces}, logs {Logs}.")]
    private static partial void LogExporting(ILogger logger, bool metrics, bool traces, bool logs);
}
