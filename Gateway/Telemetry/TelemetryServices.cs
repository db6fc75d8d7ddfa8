using System.Reflection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Camdiv.Gateway.Telemetry;

/// <summary>Registers the export of telemetry.</summary>
public static class TelemetryServices
{
    /// <summary>Share of matches whose trace is kept when no sampler is configured.</summary>
    public const double DefaultTraceRatio = 0.01;

    /// <summary>
    /// Exports metrics, traces and logs by OTLP as the standard <c>OTEL_*</c> variables say; without them adds nothing.
    /// Every registered <see cref="IZeroedInstruments"/> is called once the host has started.
    /// </summary>
    /// <returns>What goes out.</returns>
    public static TelemetrySignals AddCamdivTelemetry(this WebApplicationBuilder builder, TelemetryIdentity identity)
    {
        var signals = TelemetrySignals.Read(builder.Configuration);
        if (!signals.Any)
        {
            return signals;
        }
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, identity));
        if (signals.Metrics)
        {
            telemetry.WithMetrics(static metrics => metrics.AddMeter("Camdiv.*", "System.Runtime").AddOtlpExporter());
        }
        if (signals.Traces)
        {
            var hasSampler = !string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]);
            telemetry.WithTracing(traces => AddTraces(traces, hasSampler));
        }
        if (signals.Logs)
        {
            telemetry.WithLogging(static logs => logs.AddOtlpExporter());
        }
        builder.Services.AddSingleton<IHostedService>(provider => new TelemetryExport(
            signals,
            provider.GetService<MeterProvider>(),
            provider.GetService<TracerProvider>(),
            provider.GetServices<IZeroedInstruments>(),
            provider.GetRequiredService<ILogger<TelemetryExport>>()));
        return signals;
    }

    /// <summary>Registers instruments that nothing else asks for; they are created when the host starts.</summary>
    public static IServiceCollection AddInstruments<T>(this IServiceCollection services, Func<IServiceProvider, T> create)
        where T : class =>
        services.AddActivatedSingleton(create);

    private static void Describe(ResourceBuilder resource, TelemetryIdentity identity) => resource
        .AddService(
            identity.Service,
            serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            autoGenerateServiceInstanceId: false,
            serviceInstanceId: identity.Instance)
        .AddAttributes([new("camdiv.role", identity.Role)])
        // Once more, because what is added last wins and the operator's word is to.
        .AddEnvironmentVariableDetector();

    private static void AddTraces(TracerProviderBuilder traces, bool hasSampler)
    {
        traces.AddSource("Camdiv.*", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime");
        if (!hasSampler)
        {
            traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(DefaultTraceRatio)));
        }
        traces.AddOtlpExporter();
    }
}
