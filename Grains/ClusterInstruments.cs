using System.Diagnostics.Metrics;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>What the cluster half measures. No tag names a user.</summary>
public sealed class ClusterInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Camdiv.Cluster";

    private readonly Meter _meter;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _peerFrames;
    private readonly Counter<long> _peerFramesLost;
    private readonly Counter<long> _peerBatches;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _recovered;
    private readonly Counter<long> _blockWriteFailures;

    /// <summary>Creates the instruments.</summary>
    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableCounter("camdiv.matches", () => Pairing.Matched, "{match}", "Pairs told of each other by the queues on this silo.");
        _meter.CreateObservableCounter(
            "camdiv.ghosts.avoided",
            () => new Measurement<long>[]
            {
                new(Pairing.CheckFailed, new KeyValuePair<string, object?>("step", "check")),
                new(Pairing.RecheckFailed, new KeyValuePair<string, object?>("step", "recheck")),
            },
            "{pair}",
            "Pairing attempts that ended before either side was told.");
        _meter.CreateObservableCounter("camdiv.handshake.host_failures", () => Pairing.HostFailures, "{call}", "Handshake calls to a gateway that failed.");
        _calls = _meter.CreateCounter<long>("camdiv.cluster.calls", "{call}", "Calls to grains and gateway services, by call.");
        _peerFrames = _meter.CreateCounter<long>("camdiv.peer.frames", "{frame}", "Frames sent to other gateways.");
        _peerFramesLost = _meter.CreateCounter<long>("camdiv.peer.frames_dropped", "{frame}", "Frames for other gateways dropped at a bound.");
        _peerBatches = _meter.CreateCounter<long>("camdiv.peer.batches", "{batch}", "Batches sent to other gateways.");
        _retries = _meter.CreateCounter<long>("camdiv.cluster.retries", "{call}", "Calls repeated after an unknown outcome.");
        _recovered = _meter.CreateCounter<long>("camdiv.sessions.moved", "{session}", "Sessions taken over from another gateway.");
        _blockWriteFailures = _meter.CreateCounter<long>("camdiv.blocks.write_failures", "{write}", "Writes of blocks that the store did not take.");
    }

    /// <summary>How pairing attempts ended on this silo.</summary>
    public PairingCounters Pairing { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Called(string what) => _calls.Add(1, new KeyValuePair<string, object?>("call", what));

    internal void PeerBatchSent(int frames)
    {
        Called("deliver");
        _peerBatches.Add(1);
        _peerFrames.Add(frames);
    }

    internal void PeerFrameDropped() => _peerFramesLost.Add(1);

    internal void Retried(string what) => _retries.Add(1, new KeyValuePair<string, object?>("call", what));

    internal void SessionMoved(bool live) => _recovered.Add(1, new KeyValuePair<string, object?>("live", live));

    internal void BlockWriteFailed() => _blockWriteFailures.Add(1);
}
