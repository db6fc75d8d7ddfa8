using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Sessions;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>What all connections of a gateway share.</summary>
internal sealed class ConnectionServices(
    GatewayOptions options,
    IMatchmaker matchmaker,
    SessionTokens tokens,
    ITokenBook tokenBook,
    GatewayInstruments instruments,
    TimeProvider time,
    ILogger<ClientConnection> logger)
{
    private int _faulted;

    public GatewayOptions Options { get; } = options;

    public IMatchmaker Matchmaker { get; } = matchmaker;

    public SessionTokens Tokens { get; } = tokens;

    public ITokenBook TokenBook { get; } = tokenBook;

    public TokenCheck TokenCheck { get; } = new(tokens, tokenBook, instruments);

    public GatewayInstruments Instruments { get; } = instruments;

    public TimeProvider Time { get; } = time;

    public ILogger<ClientConnection> Logger { get; } = logger;

    /// <summary>Which <c>connected</c> messages were counted already, over all connections.</summary>
    public ConnectedOnce ConnectedOnce { get; } = new();

    /// <summary>True once: for the first connection that failed for a reason nobody foresaw.</summary>
    public bool IsFirstFault() => Interlocked.Exchange(ref _faulted, 1) == 0;
}
