using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Camdiv.Grains;

namespace Camdiv.Tests.Load.Cluster;

/// <summary>Counts the cluster engine's calls by name from its own meter, over every silo of this process.</summary>
internal sealed class CallCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public CallCounter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ClusterInstruments.MeterName && instrument.Name == "camdiv.cluster.calls")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            _counts.AddOrUpdate((string)tags[0].Value!, value, (_, count) => count + value));
        _listener.Start();
    }

    public Dictionary<string, long> Snapshot() => new(_counts);

    public void Dispose() => _listener.Dispose();
}
