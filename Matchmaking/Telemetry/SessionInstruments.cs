using System.Diagnostics.Metrics;

namespace Camdiv.Matchmaking;

/// <summary>What the sessions of one gateway measure, under one meter; the same for both engines.</summary>
public sealed class SessionInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Camdiv.Sessions";

    private readonly Meter _meter;
    private readonly Histogram<double> _timeToMatch;
    private readonly Histogram<double> _roomDuration;

    /// <summary>Creates the meter over <paramref name="host"/>.</summary>
    public SessionInstruments(IMeterFactory meters, SessionHost host)
    {
        _meter = meters.Create(MeterName);
        _timeToMatch = _meter.CreateHistogram(
            "camdiv.sessions.time_to_match", "s", "Time a user waited until told of a match, by chat type.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
            });
        _roomDuration = _meter.CreateHistogram(
            "camdiv.sessions.room.duration", "s", "Time from match to the end of rooms that both members acknowledged.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200],
            });
        Gauges(host);
        Counters(host.Counters, host.Relay);
        host.Counters.Told = (chat, waitedMs) => _timeToMatch.Record(Math.Max(0, waitedMs) / 1000.0, TelemetryTags.Of(chat));
        host.Counters.RoomEnded = (chat, ms) => _roomDuration.Record(Math.Max(0, ms) / 1000.0, TelemetryTags.Of(chat));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Gauges(SessionHost host)
    {
        _meter.CreateObservableGauge("camdiv.sessions.online", () => host.Stats.Online, "{user}", "Users with a live connection.");
        _meter.CreateObservableGauge(
            "camdiv.sessions.searching", () => Searching(host.Stats), "{user}", "Users waiting for a stranger, by chat type.");
        _meter.CreateObservableGauge(
            "camdiv.sessions.rooms", () => host.Stats.Rooms, "{room}", "Rooms, each counted at its initiator's gateway.");
        _meter.CreateObservableGauge(
            "camdiv.sessions.held", () => host.SessionCount, "{session}", "Sessions held, those away included.");
        _meter.CreateObservableGauge(
            "camdiv.sessions.kept_bytes", () => host.Relay.Kept.Bytes, "By", "Bytes of relay frames kept for people who are away.");
        _meter.CreateObservableGauge(
            "camdiv.sessions.limit", () => host.MaxSessions, "{session}", "Most sessions this gateway holds.");
    }

    private void Counters(SessionCounters counters, RelayCounters relay)
    {
        Count("camdiv.sessions.resumed", () => counters.Resumed, "{session}", "Connections that found their session again.");
        Count("camdiv.sessions.replaced", () => counters.Replaced, "{connection}", "Connections replaced by a newer one of the same session.");
        Count("camdiv.sessions.expired", () => counters.Expired, "{session}", "Sessions whose grace ran out.");
        Count("camdiv.sessions.requeued", () => counters.Requeued, "{user}", "Users put back to the front by the server.");
        Count("camdiv.sessions.unresponsive", () => counters.Unresponsive, "{user}", "Users who did not acknowledge a match in time.");
        Count("camdiv.sessions.holds_expired", () => counters.HoldsExpired, "{user}", "Pairing attempts that held a user past their time without a verdict.");
        Count("camdiv.sessions.away_frames_dropped", () => relay.AwayDropped, "{frame}", "Relay frames dropped, oldest first, because an away member's bound was reached.");
        Count("camdiv.sessions.kept_frames_refused", () => relay.KeptRefused, "{frame}", "Relay frames dropped because all that is kept for away people, or for those of one network, reached its bound.");
    }

    private void Count(string name, Func<long> read, string unit, string description) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    private static Measurement<int>[] Searching(MatchmakerStats stats) =>
    [
        new(stats.SearchingVideo, TelemetryTags.Of(ChatType.Video)),
        new(stats.SearchingAudio, TelemetryTags.Of(ChatType.Audio)),
        new(stats.SearchingText, TelemetryTags.Of(ChatType.Text)),
    ];
}
