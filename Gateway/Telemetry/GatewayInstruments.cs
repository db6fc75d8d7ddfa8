using System.Diagnostics.Metrics;
using Camdiv.Gateway.Sessions;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Telemetry;

/// <summary>The gateway's measurements, under one meter. No tag names a user, room or address.</summary>
public sealed partial class GatewayInstruments : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Camdiv.Gateway";

    private static readonly string[] Outcomes = ["delivered", "kept", "stale"];

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _hellos;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _slowConsumers;
    private readonly Counter<long> _relayFrames;
    private readonly Counter<long> _relayBytes;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _badFrames;
    private readonly Counter<long> _tokensRefused;
    private readonly Counter<long> _connectionFaults;
    private readonly Counter<long> _mediaConnected;
    private readonly Histogram<double> _timeToConnect;
    private readonly Counter<long> _credentials;
    private readonly Counter<long> _backupFailures;
    private readonly Counter<long> _reportFailures;
    private readonly Counter<long> _reportsRefused;
    private long _direct;
    private long _relayed;

    /// <summary>Creates the meter and its instruments.</summary>
    /// <param name="meters">Creates meters.</param>
    /// <param name="maxConnections">The bound that the number of connections is to be seen against.</param>
    public GatewayInstruments(IMeterFactory meters, int maxConnections = 0)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableGauge(
            "camdiv.gateway.connections.limit", () => maxConnections, "{connection}", "Connections this gateway serves at once.");
        _connections = _meter.CreateUpDownCounter<long>(
            "camdiv.gateway.connections", "{connection}", "Open WebSocket connections.");
        _hellos = _meter.CreateCounter<long>(
            "camdiv.gateway.hellos", "{hello}", "Connections that said hello, by whether they resumed an identity.");
        _closes = _meter.CreateCounter<long>(
            "camdiv.gateway.closes", "{connection}", "Connections ended, by the server's close code; 0 when lost.");
        _slowConsumers = _meter.CreateCounter<long>(
            "camdiv.gateway.slow_consumers", "{connection}", "Connections closed because their outbound queue was full.");
        _relayFrames = _meter.CreateCounter<long>(
            "camdiv.gateway.relay.frames", "{frame}", "Relay frames received, by outcome; stale ones were dropped.");
        _relayBytes = _meter.CreateCounter<long>(
            "camdiv.gateway.relay.io", "By", "Bytes of relay frames received.");
        _rateLimited = _meter.CreateCounter<long>(
            "camdiv.gateway.rate_limited", "{refusal}", "Refusals for exceeding a rate or count, by what.");
        _badFrames = _meter.CreateCounter<long>(
            "camdiv.gateway.bad_frames", "{frame}", "Malformed frames, by error code.");
        _tokensRefused = _meter.CreateCounter<long>(
            "camdiv.gateway.tokens.refused", "{token}", "Session tokens presented that prove nothing, by why.");
        _connectionFaults = _meter.CreateCounter<long>(
            "camdiv.gateway.connection_faults", "{connection}", "Connections ended by a failure nobody foresaw (1011).");
        _mediaConnected = _meter.CreateCounter<long>(
            "camdiv.media.connected", "{connection}", "Media connections told of, once per room and side.");
        _timeToConnect = _meter.CreateHistogram(
            "camdiv.media.connect.duration", "s", "Time from match to media.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 15, 30, 60] });
        _credentials = _meter.CreateCounter<long>(
            "camdiv.ice.credentials", "{credential}", "TURN credentials minted, by region and its place in the client's list.");
        _backupFailures = _meter.CreateCounter<long>(
            "camdiv.storage.backup.failures", "{failure}", "Failed attempts to write the backup.");
        _reportFailures = _meter.CreateCounter<long>(
            "camdiv.storage.report.failures", "{failure}", "Reports that could not be recorded.");
        _reportsRefused = _meter.CreateCounter<long>(
            "camdiv.reports.refused", "{report}", "Users' reports that were not taken, by the bound that was reached.");
        _meter.CreateObservableGauge(
            "camdiv.reports.fill", () => ReportFill?.Invoke() ?? 0, "1", "Share of the room for users' reports that is in use.");
        _meter.CreateObservableGauge(
            "camdiv.media.direct_ratio", ObserveDirect, "1", "Share of media connections that need no relay.");
    }

    /// <summary>How much of the room for users' reports is in use.</summary>
    internal Func<double>? ReportFill { get; set; }

    /// <summary>Counts a report that was not taken.</summary>
    /// <param name="bound"><c>identity</c>, <c>address</c> or <c>full</c>.</param>
    internal void ReportRefused(string bound) =>
        _reportsRefused.Add(1, new KeyValuePair<string, object?>("camdiv.reason", bound));

    /// <summary>Counts an open connection; every call is paired with one of <see cref="ConnectionEnded"/>.</summary>
    public void ConnectionBegun() => _connections.Add(1);

    /// <summary>Counts an ended connection.</summary>
    public void ConnectionEnded() => _connections.Add(-1);

    /// <summary>Counts a hello that the engine took.</summary>
    public void Hello(bool resumed) => _hellos.Add(1, new KeyValuePair<string, object?>("camdiv.resumed", resumed));

    /// <summary>Counts a connection that stops taking frames.</summary>
    /// <param name="code">The server's close code, or 0 when the connection was lost.</param>
    public void Closed(int code)
    {
        _closes.Add(1, new KeyValuePair<string, object?>("camdiv.close_code", code));
        if (code == Protocol.CloseCodes.SlowConsumer)
        {
            _slowConsumers.Add(1);
        }
    }

    /// <summary>Counts a relay frame.</summary>
    public void Relayed(RelayOutcome outcome, int bytes)
    {
        _relayFrames.Add(1, new KeyValuePair<string, object?>("camdiv.outcome", Outcomes[(int)outcome]));
        _relayBytes.Add(bytes);
    }

    /// <summary>Counts a refusal.</summary>
    /// <param name="what">
    /// <c>frames</c>, <c>bytes</c>, <c>handshakes</c>, <c>address</c>, <c>connections</c>, <c>sockets</c>, <c>ice</c>, <c>ice-address</c>,
    /// <c>ice-credentials</c> or <c>ice-idle</c>.
    /// </param>
    public void RateLimited(string what) => _rateLimited.Add(1, new KeyValuePair<string, object?>("camdiv.limit", what));

    /// <summary>Counts a malformed frame.</summary>
    public void BadFrame(string code) => _badFrames.Add(1, new KeyValuePair<string, object?>("error.type", code));

    /// <summary>Counts a presented session token that is refused; a valid one and none at all are not counted.</summary>
    public void TokenRead(TokenVerdict verdict)
    {
        if (Word(verdict) is { } reason)
        {
            _tokensRefused.Add(1, new KeyValuePair<string, object?>("camdiv.reason", reason));
        }
    }

    /// <summary>Counts a connection that failed for a reason nobody foresaw.</summary>
    public void ConnectionFaulted() => _connectionFaults.Add(1);

    /// <summary>Counts a side of a room whose media flows.</summary>
    /// <param name="candidate"><c>host</c>, <c>srflx</c>, <c>prflx</c> or <c>relay</c>.</param>
    /// <param name="protocol"><c>udp</c>, <c>tcp</c> or <c>tls</c>.</param>
    /// <param name="ms">Milliseconds since the match.</param>
    public void MediaConnected(string candidate, string protocol, double ms)
    {
        Interlocked.Increment(ref candidate == "relay" ? ref _relayed : ref _direct);
        var type = new KeyValuePair<string, object?>("camdiv.candidate_type", candidate);
        var transport = new KeyValuePair<string, object?>("network.transport", protocol);
        _mediaConnected.Add(1, type, transport);
        _timeToConnect.Record(ms / 1000, type, transport);
    }

    /// <summary>Counts TURN credentials handed out.</summary>
    /// <param name="region">For which region.</param>
    /// <param name="rank">The region's place in the client's list, from 1: the first one carries nearly all traffic.</param>
    public void CredentialMinted(string region, int rank) => _credentials.Add(
        1, new KeyValuePair<string, object?>("camdiv.region", region), new KeyValuePair<string, object?>("camdiv.rank", rank));

    /// <summary>Counts a failed attempt to write the backup.</summary>
    /// <param name="journal">Which one: <c>state</c> or <c>blocks</c>.</param>
    public void BackupFailed(string journal) =>
        _backupFailures.Add(1, new KeyValuePair<string, object?>("camdiv.journal", journal));

    /// <summary>Counts a report that could not be recorded.</summary>
    public void ReportFailed() => _reportFailures.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> ObserveDirect()
    {
        var direct = Interlocked.Read(ref _direct);
        var all = direct + Interlocked.Read(ref _relayed);
        return all == 0 ? [] : [new Measurement<double>((double)direct / all)];
    }
}
