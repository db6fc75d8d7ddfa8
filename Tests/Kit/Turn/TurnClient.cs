using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>What a TURN server said to a request for an allocation.</summary>
/// <param name="Error">Null when it was granted, else the error code: 401 for a credential that is wrong or expired.</param>
/// <param name="LifetimeSeconds">How long the allocation lives, when granted.</param>
public readonly record struct TurnAnswer(int? Error, int? LifetimeSeconds);

/// <summary>Asks a TURN server for an allocation over UDP (RFC 8656), to see whether it takes a credential.</summary>
public static class TurnClient
{
    private static readonly byte[] Udp = [17, 0, 0, 0];

    /// <summary>Makes the two round trips of an allocation with a long-term credential.</summary>
    public static async Task<TurnAnswer> AllocateAsync(IPEndPoint server, string username, string credential)
    {
        using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        udp.Connect(server);
        var first = StunMessage.Request(StunMessage.AllocateRequest).Add(StunMessage.RequestedTransport, Udp);
        var challenge = await AskAsync(udp, first, null);
        if (challenge.Find(StunMessage.Realm) is not { } realm || challenge.Find(StunMessage.Nonce) is not { } nonce)
        {
            throw new InvalidOperationException($"The TURN server gave no challenge, but error {challenge.Error}.");
        }
#pragma warning disable CA5351 // RFC 8489 prescribes MD5 for the key of a long-term credential.
        var key = MD5.HashData(Encoding.UTF8.GetBytes($"{username}:{Encoding.UTF8.GetString(realm)}:{credential}"));
#pragma warning restore CA5351
        var second = StunMessage.Request(StunMessage.AllocateRequest)
            .Add(StunMessage.RequestedTransport, Udp)
            .Add(StunMessage.Username, username)
            .Add(StunMessage.Realm, realm)
            .Add(StunMessage.Nonce, nonce);
        var answer = await AskAsync(udp, second, key);
        if (answer.Type != StunMessage.AllocateSuccess)
        {
            return new TurnAnswer(answer.Error ?? 0, null);
        }
        var lifetime = answer.Find(StunMessage.Lifetime);
        return new TurnAnswer(null, lifetime is null ? null : (lifetime[2] << 8) | lifetime[3]);
    }

    private static async Task<StunMessage> AskAsync(UdpClient udp, StunMessage request, byte[]? key)
    {
        var bytes = request.Encode(key);
        // UDP may lose either way even on loopback under load, so the request is repeated as RFC 8489 does.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await udp.SendAsync(bytes);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                while (true)
                {
                    var received = await udp.ReceiveAsync(limit.Token);
                    if (StunMessage.Parse(received.Buffer) is { } answer && answer.Transaction.SequenceEqual(request.Transaction))
                    {
                        return answer;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Ask again.
            }
        }
        throw new TimeoutException("The TURN server did not answer five requests.");
    }
}
