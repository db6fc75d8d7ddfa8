namespace Camdiv.Gateway.Telemetry;

/// <summary>
/// Which signals go out, by the standard variables: one goes when an OTLP endpoint is set for it or for all, or its
/// exporter is said to be <c>otlp</c>; never when its exporter is <c>none</c> or the SDK is disabled.
/// </summary>
/// <param name="Metrics">Whether metrics go out.</param>
/// <param name="Traces">Whether traces go out.</param>
/// <param name="Logs">Whether logs go out, besides the console.</param>
public readonly record struct TelemetrySignals(bool Metrics, bool Traces, bool Logs)
{
    /// <summary>Whether anything goes out.</summary>
    public bool Any => Metrics || Traces || Logs;

    /// <summary>Reads the variables, which any configuration source may give.</summary>
    public static TelemetrySignals Read(IConfiguration configuration) =>
        string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
            ? default
            : new TelemetrySignals(
                Wants(configuration, "METRICS"), Wants(configuration, "TRACES"), Wants(configuration, "LOGS"));

    private static bool Wants(IConfiguration configuration, string signal) =>
        configuration[$"OTEL_{signal}_EXPORTER"] is { Length: > 0 } exporter
            ? exporter.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase)
            : !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])
                || !string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
}
