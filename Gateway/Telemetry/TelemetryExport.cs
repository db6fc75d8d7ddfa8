using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Camdiv.Gateway.Telemetry;

/// <summary>
/// Sends metrics and traces by OTLP while the host runs. Begins before any other service starts and ends after all have
/// stopped, so that a drain is seen to its end.
/// </summary>
internal sealed partial class TelemetryExport(
    TelemetrySignals signals,
    TelemetryIdentity identity,
    IConfiguration configuration,
    IEnumerable<IZeroedInstruments> instruments,
    ILogger<TelemetryExport> logger) : IHostedLifecycleService
{
    /// <summary>Share of matches whose trace is kept when no sampler is configured.</summary>
    public const double DefaultTraceRatio = 0.01;

    // A collector that is away must not hold up a stop for longer.
    private const int ShutdownMs = 2_000;

    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public static void Describe(ResourceBuilder resource, TelemetryIdentity identity) => resource
        .AddService(
            identity.Service,
            serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            autoGenerateServiceInstanceId: false,
            serviceInstanceId: identity.Instance)
        .AddAttributes([new("camdiv.role", identity.Role)])
        // Once more, because what is added last wins and the operator's word is to.
        .AddEnvironmentVariableDetector();

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (signals.Metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(resource => Describe(resource, identity))
                .AddMeter("Camdiv.*", "System.Runtime")
                .AddOtlpExporter()
                .Build();
        }
        if (signals.Traces)
        {
            _traces = CreateTraces();
        }
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
            _traces?.Shutdown(ShutdownMs);
            _metrics?.Shutdown(ShutdownMs);
            _traces?.Dispose();
            _metrics?.Dispose();
        },
        CancellationToken.None);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private TracerProvider CreateTraces()
    {
        var traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .ConfigureResource(resource => Describe(resource, identity))
            .AddSource("Camdiv.*", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime");
        if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
        {
            traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(DefaultTraceRatio)));
        }
        return traces.AddOtlpExporter().Build();
    }

    [LoggerMessage(1801, LogLevel.Information, "Exporting by OTLP: metrics {Metrics}, traces {Traces}, logs {Logs}.")]
    private static partial void LogExporting(ILogger logger, bool metrics, bool traces, bool logs);
}
