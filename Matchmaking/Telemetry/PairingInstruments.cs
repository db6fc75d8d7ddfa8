using System.Diagnostics.Metrics;

namespace Camdiv.Matchmaking;

/// <summary>What pairing measures where the waiting pools are, under one meter; the same for both engines.</summary>
public sealed class PairingInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Camdiv.Pairing";

    private readonly Meter _meter;

    /// <summary>Creates the meter.</summary>
    /// <param name="meters">Creates meters.</param>
    /// <param name="counters">How pairing attempts end.</param>
    /// <param name="pools">Reads the pools of this process; asked at every export.</param>
    public PairingInstruments(IMeterFactory meters, PairingCounters counters, Func<IReadOnlyCollection<PoolReading>> pools)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableCounter("camdiv.pairing.matches", () => counters.Matched, "{match}", "Pairs told of each other.");
        _meter.CreateObservableCounter(
            "camdiv.pairing.ghosts_avoided",
            () => new[]
            {
                TelemetryTags.Tagged(counters.CheckFailed, "camdiv.step", "check"),
                TelemetryTags.Tagged(counters.RecheckFailed, "camdiv.step", "recheck"),
            },
            "{pair}",
            "Pairing attempts that ended before either side was told, by the step that found a side gone.");
        _meter.CreateObservableCounter(
            "camdiv.pairing.host_failures", () => counters.HostFailures, "{call}", "Handshake calls to a gateway that failed.");
        _meter.CreateObservableGauge(
            "camdiv.pairing.waiting",
            () => pools().Select(pool => new Measurement<int>(pool.Waiting, TelemetryTags.Of(pool.Chat))),
            "{ticket}",
            "Tickets in the waiting pools of this process, by chat type.");
        _meter.CreateObservableGauge(
            "camdiv.pairing.held_back",
            () => pools().Select(pool => new Measurement<int>(pool.HeldBack, TelemetryTags.Of(pool.Chat))),
            "{ticket}",
            "Tickets in the waiting pools that only people of the same address may be matched with, by chat type.");
        _meter.CreateObservableCounter(
            "camdiv.pairing.untracked",
            () => pools().Select(pool => new Measurement<long>(pool.Untracked, TelemetryTags.Of(pool.Chat))),
            "{ticket}",
            "Tickets that came from more addresses than a pool remembers and were bounded by none, by chat type.");
        _meter.CreateObservableCounter(
            "camdiv.pairing.deferred",
            () => pools().Select(pool => new Measurement<long>(pool.Deferred, TelemetryTags.Of(pool.Chat))),
            "{ticket}",
            "Due tickets that a pass put off to the next one because of its bound, by chat type.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
