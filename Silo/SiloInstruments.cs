using System.Diagnostics.Metrics;
using Camdiv.Silo.Security;

namespace Camdiv.Silo;

/// <summary>The node's own measurements, under one meter.</summary>
public sealed class SiloInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Camdiv.Silo";

    private readonly Meter _meter;
    private readonly Counter<long> _written;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _reloads;
    private readonly Counter<long> _refused;

    /// <summary>Creates the meter and its instruments.</summary>
    public SiloInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _written = _meter.CreateCounter<long>(
            "camdiv.silo.reports.written", "{report}", "Users' reports written to Redis.");
        _dropped = _meter.CreateCounter<long>(
            "camdiv.silo.reports.dropped", "{report}", "Users' reports lost because a node stopped while they waited for Redis.");
        _failures = _meter.CreateCounter<long>(
            "camdiv.silo.reports.failures", "{failure}", "Failed attempts to write reports to Redis.");
        _reloads = _meter.CreateCounter<long>(
            "camdiv.silo.geoip.loads", "{load}", "Attempts to load the GeoIP2 database, by outcome.");
        _refused = _meter.CreateCounter<long>(
            "camdiv.silo.connections.refused", "{connection}", "Connections refused at the cluster's own ports, by port and cause.");
        _meter.CreateObservableGauge(
            "camdiv.silo.reports.pending", () => Pending?.Invoke() ?? 0, "{report}", "Users' reports that wait for Redis.");
    }

    /// <summary>Lets counters begin at zero, so that their first step is seen as one; call once an exporter listens.</summary>
    public void Zero()
    {
        _written.Add(0);
        _dropped.Add(0);
        _failures.Add(0);
        _reloads.Add(0, new KeyValuePair<string, object?>("camdiv.outcome", "loaded"));
        _reloads.Add(0, new KeyValuePair<string, object?>("camdiv.outcome", "refused"));
        foreach (var port in Enum.GetValues<ClusterPort>())
        {
            foreach (var cause in Enum.GetValues<RefusalCause>())
            {
                Refused(port, cause, 0);
            }
        }
    }

    internal Func<int>? Pending { get; set; }

    internal void ReportsWritten(int count) => _written.Add(count);

    internal void ReportsDropped(int count) => _dropped.Add(count);

    internal void ReportWriteFailed() => _failures.Add(1);

    internal void Refused(ClusterPort port, RefusalCause cause, int count = 1) => _refused.Add(
        count,
        new KeyValuePair<string, object?>("camdiv.port", port == ClusterPort.Silo ? "silo" : "client"),
        new KeyValuePair<string, object?>("error.type", cause switch
        {
            RefusalCause.Address => "address",
            RefusalCause.Certificate => "certificate",
            _ => "key",
        }));

    internal void GeoIpLoaded(bool succeeded) =>
        _reloads.Add(1, new KeyValuePair<string, object?>("camdiv.outcome", succeeded ? "loaded" : "refused"));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
