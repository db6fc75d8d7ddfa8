using System.Diagnostics.Metrics;
using Camdiv.Gateway.Protocol;
using Camdiv.Gateway.Sessions;

namespace Camdiv.Gateway.Telemetry;

/// <content>The tags that counters are known to bear.</content>
public sealed partial class GatewayInstruments
{
    private static readonly int[] CloseCodesUsed =
    [
        0, CloseCodes.Normal, CloseCodes.Failed, CloseCodes.Restarting, CloseCodes.FrameTooLarge, CloseCodes.Misuse, CloseCodes.SessionOver,
        CloseCodes.HelloTimeout,
        CloseCodes.Replaced, CloseCodes.SlowConsumer, CloseCodes.TooMany,
    ];

    private static readonly string[] Limits =
        ["frames", "bytes", "handshakes", "address", "connections", "sockets", "ice", "ice-address", "ice-credentials", "ice-idle"];
    private static readonly string[] FrameFaults =
        [ErrorCodes.BadMessage, ErrorCodes.BadField, ErrorCodes.UnknownType, "too-large"];

    private static readonly string[] Candidates = ["host", "srflx", "prflx", "relay"];
    private static readonly string[] Transports = ["udp", "tcp", "tls"];
    private static readonly string[] Journals = ["state", "blocks"];

    /// <summary>Adds zero to every counter under each of its known tags.</summary>
    internal void Zero()
    {
        _connections.Add(0);
        Add(_hellos, "camdiv.resumed", true, false);
        Add(_closes, "camdiv.close_code", CloseCodesUsed);
        _slowConsumers.Add(0);
        Add(_relayFrames, "camdiv.outcome", Outcomes);
        _relayBytes.Add(0);
        Add(_rateLimited, "camdiv.limit", Limits);
        Add(_badFrames, "error.type", FrameFaults);
        Add(_tokensRefused, "camdiv.reason", [.. Enum.GetValues<TokenVerdict>().Select(Word).OfType<string>()]);
        _connectionFaults.Add(0);
        foreach (var transport in Transports)
        {
            foreach (var candidate in Candidates)
            {
                _mediaConnected.Add(0, new("camdiv.candidate_type", candidate), new("network.transport", transport));
            }
        }
        Add(_backupFailures, "camdiv.journal", Journals);
        _reportFailures.Add(0);
        Add(_reportsRefused, "camdiv.reason", "identity", "address", "full");
    }

    /// <summary>Adds zero to the credentials of a region.</summary>
    internal void ZeroCredentials(string region, int rank) =>
        _credentials.Add(0, new("camdiv.region", region), new("camdiv.rank", rank));

    private static string? Word(TokenVerdict verdict) => verdict switch
    {
        TokenVerdict.Malformed => "malformed",
        TokenVerdict.Expired => "expired",
        TokenVerdict.Superseded => "superseded",
        _ => null,
    };

    private static void Add<T>(Counter<long> counter, string tag, params T[] values)
    {
        foreach (var value in values)
        {
            counter.Add(0, new KeyValuePair<string, object?>(tag, value));
        }
    }
}
