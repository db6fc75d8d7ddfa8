using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Sessions;

/// <summary>What decides on every session token that is presented, wherever.</summary>
internal sealed class TokenCheck(SessionTokens tokens, ITokenBook book, GatewayInstruments instruments)
{
    /// <summary>Looks at a token. A refused one is counted.</summary>
    /// <param name="text">What a client presents; may be null or anything.</param>
    /// <param name="connects">Whether the client is about to take its session over.</param>
    /// <param name="cancellation">Ends the wait; the client is gone.</param>
    public async ValueTask<(TokenVerdict Verdict, SessionToken Token)> CheckAsync(
        string? text, bool connects, CancellationToken cancellation)
    {
        var verdict = tokens.Read(text, out var token);
        if (verdict == TokenVerdict.Valid
            && !await book.UseAsync(token.User, token.Generation, connects, cancellation).ConfigureAwait(false))
        {
            (verdict, token) = (TokenVerdict.Superseded, default);
        }
        instruments.TokenRead(verdict);
        return (verdict, token);
    }
}
