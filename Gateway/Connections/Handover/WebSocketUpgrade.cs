using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Camdiv.Gateway.Connections.Handover;

/// <summary>The server's half of the opening handshake (RFC 6455, section 4.2.2).</summary>
internal static class WebSocketUpgrade
{
    // Section 1.3 of the RFC.
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Answers a valid handshake with 101. No extension is agreed on.</summary>
    /// <param name="context">The request, whose handshake is checked already.</param>
    /// <param name="subprotocol">The subprotocol chosen.</param>
    public static Task AnswerAsync(HttpContext context, string subprotocol)
    {
        var headers = context.Response.Headers;
        headers.Connection = HeaderNames.Upgrade;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Accept(context.Request.Headers.SecWebSocketKey.ToString());
        headers.SecWebSocketProtocol = subprotocol;
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    /// <summary>The accept value of a key.</summary>
    public static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key.Trim() + Guid)));
}
