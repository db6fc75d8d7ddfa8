using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>A TURN user name and password.</summary>
public sealed record TurnCredential(string Username, string Password);

/// <summary>What a gateway said to a request for ICE servers.</summary>
/// <param name="Status">Its status.</param>
/// <param name="RetryAfter">When to come back, if it said so.</param>
/// <param name="Credential">The first credential it gave, if any.</param>
public sealed record IceAnswer(HttpStatusCode Status, TimeSpan? RetryAfter, TurnCredential? Credential);

/// <summary>Asks a gateway for ICE servers from an address of one's choice.</summary>
/// <param name="gateway">The gateway.</param>
/// <param name="from">The address, of this machine: another 127.0.0.x stands for another client machine.</param>
public sealed class Caller(Uri gateway, IPAddress from) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });

    /// <summary>Asks with a session token.</summary>
    public async Task<IceAnswer> AskAsync(string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway, "/ice-servers"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", session);
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new IceAnswer(
            response.StatusCode, response.Headers.RetryAfter?.Delta, response.IsSuccessStatusCode ? FirstOf(body) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static TurnCredential? FirstOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        foreach (var server in json.RootElement.GetProperty("iceServers").EnumerateArray())
        {
            if (server.TryGetProperty("username", out var username))
            {
                return new TurnCredential(username.GetString()!, server.GetProperty("credential").GetString()!);
            }
        }
        return null;
    }
}
