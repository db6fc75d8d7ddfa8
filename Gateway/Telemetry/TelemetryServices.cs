using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace Camdiv.Gateway.Telemetry;

/// <summary>Registers the export of telemetry.</summary>
public static class TelemetryServices
{
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
        builder.Services.AddSingleton<IHostedService>(provider => new TelemetryExport(
            signals,
            identity,
            provider.GetRequiredService<IConfiguration>(),
            provider.GetServices<IZeroedInstruments>(),
            provider.GetRequiredService<ILogger<TelemetryExport>>()));
        if (signals.Logs)
        {
            builder.Logging.AddOpenTelemetry(logs =>
            {
                var resource = ResourceBuilder.CreateDefault();
                TelemetryExport.Describe(resource, identity);
                logs.SetResourceBuilder(resource);
                logs.AddOtlpExporter();
            });
        }
        return signals;
    }

    /// <summary>Registers instruments that nothing else asks for; they are created when the host starts.</summary>
    public static IServiceCollection AddInstruments<T>(this IServiceCollection services, Func<IServiceProvider, T> create)
        where T : class =>
        services.AddSingleton(create).AddHostedService<InstrumentsAtStart<T>>();
}
