namespace Camdiv.Gateway.Telemetry;

/// <summary>How a process names itself to a collector; <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> go first.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Instance">Which process of it; as stable over a restart as the process's place is.</param>
/// <param name="Role">What it does: <c>embedded</c>, <c>gateway</c>, <c>matchmaker</c> or <c>both</c>.</param>
public sealed record TelemetryIdentity(string Service, string Instance, string Role);
