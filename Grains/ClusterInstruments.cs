using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>What the cluster half measures. No tag names a user.</summary>
public sealed class ClusterInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Camdiv.Cluster";

    private static readonly string[] Calls = ["submit", "reserve", "recheck", "conclude", "deliver", "record"];
    private static readonly string[] Retries = ["submit", "deliver", "record", "blocks", "claim", "extract", "locate", "parked", "active", "use-token"];

    private readonly Meter _meter;
    private readonly PairingInstruments _pairingInstruments;
    private readonly ConcurrentDictionary<ChatType, PoolReading> _pools = new();
    private readonly Counter<long> _calls;
    private readonly Counter<long> _peerFrames;
    private readonly Counter<long> _peerFramesLost;
    private readonly Counter<long> _peerBatches;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _recovered;
    private readonly Counter<long> _blockWriteFailures;
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _leasesLost;
    private readonly Counter<long> _ticketsParked;

    /// <summary>Creates the instruments.</summary>
    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _pairingInstruments = new PairingInstruments(meters, Pairing, () => [.. _pools.Values]);
        _calls = _meter.CreateCounter<long>("camdiv.cluster.calls", "{call}", "Calls to grains and gateway services, by call.");
        _peerFrames = _meter.CreateCounter<long>("camdiv.cluster.peer.frames", "{frame}", "Frames sent to other gateways.");
        _peerFramesLost = _meter.CreateCounter<long>("camdiv.cluster.peer.frames_dropped", "{frame}", "Frames for other gateways dropped at a bound.");
        _peerBatches = _meter.CreateCounter<long>("camdiv.cluster.peer.batches", "{batch}", "Batches sent to other gateways.");
        _retries = _meter.CreateCounter<long>("camdiv.cluster.retries", "{call}", "Calls repeated after an unknown outcome.");
        _recovered = _meter.CreateCounter<long>("camdiv.cluster.sessions.moved", "{session}", "Sessions taken over from another gateway.");
        _blockWriteFailures = _meter.CreateCounter<long>("camdiv.cluster.blocks.write_failures", "{write}", "Writes of blocks that the store did not take.");
        _renewals = _meter.CreateCounter<long>(
            "camdiv.cluster.lease.renewals", "{renewal}", "Submissions of gateways to the queues on this silo; each renews the gateway's lease.");
        _leasesLost = _meter.CreateCounter<long>(
            "camdiv.cluster.lease.losses", "{lease}", "Leases that ran out or whose gateway died.");
        _ticketsParked = _meter.CreateCounter<long>(
            "camdiv.cluster.lease.tickets_parked", "{ticket}", "Tickets set aside with a lost lease.");
    }

    /// <summary>How pairing attempts ended on this silo.</summary>
    public PairingCounters Pairing { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _pairingInstruments.Dispose();
        _meter.Dispose();
    }

    /// <summary>Lets counters begin at zero, so that their first step is seen as one; call once an exporter listens.</summary>
    public void Zero()
    {
        foreach (var call in Calls)
        {
            _calls.Add(0, Call(call));
        }
        foreach (var call in Retries)
        {
            _retries.Add(0, Call(call));
        }
        foreach (var counter in new[] { _peerFrames, _peerFramesLost, _peerBatches, _blockWriteFailures, _renewals, _leasesLost, _ticketsParked })
        {
            counter.Add(0);
        }
        _recovered.Add(0, Live(true));
        _recovered.Add(0, Live(false));
    }

    internal void Called(string what) => _calls.Add(1, Call(what));

    internal void PeerBatchSent(int frames)
    {
        Called("deliver");
        _peerBatches.Add(1);
        _peerFrames.Add(frames);
    }

    internal void PeerFrameDropped() => _peerFramesLost.Add(1);

    internal void Retried(string what) => _retries.Add(1, Call(what));

    internal void SessionMoved(bool live) => _recovered.Add(1, Live(live));

    internal void BlockWriteFailed() => _blockWriteFailures.Add(1);

    internal void LeaseRenewed() => _renewals.Add(1);

    internal void LeaseLost(int tickets)
    {
        _leasesLost.Add(1);
        _ticketsParked.Add(tickets);
    }

    /// <summary>A queue on this silo tells what it holds; with null it is here no longer.</summary>
    internal void Pool(ChatType chat, WaitingPool? pool)
    {
        if (pool is null)
        {
            _pools.TryRemove(chat, out _);
        }
        else
        {
            _pools[chat] = PoolReading.Of(chat, pool);
        }
    }

    private static KeyValuePair<string, object?> Call(string what) => new("camdiv.call", what);

    private static KeyValuePair<string, object?> Live(bool live) => new("camdiv.live", live);
}
