using System.Net;
using System.Security.Cryptography;
using System.Text;
using Camdiv.Gateway.Ice;
using Camdiv.Gateway.Turn;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>An allocation that lives, as of a call that goes on.</summary>
internal sealed class HeldAllocation : IDisposable
{
    private readonly TurnChannel _channel;
    private readonly TurnCredentials _credentials;
    private string _realm = "";
    private byte[] _nonce = [];

    private HeldAllocation(TurnChannel channel, TurnCredentials credentials)
    {
        _channel = channel;
        _credentials = credentials;
    }

    public static async Task<HeldAllocation> OpenAsync(int port, string secret)
    {
        var target = new TurnTarget("here", "localhost", IPAddress.Loopback, port, TurnTransport.Tcp, secret, 0);
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var held = new HeldAllocation(
            await TurnChannel.OpenAsync(target, new TurnTrust(null), TimeProvider.System, CancellationToken.None),
            TurnCredentials.Mint(secret, UserId.New(), expires));
        var challenge = await held.AskAsync(Allocate(), signed: false);
        held._realm = challenge.FindText(StunMessage.Realm)!;
        held._nonce = challenge.Find(StunMessage.Nonce)!;
        var answer = await held.AskAsync(Allocate(), signed: true);
        Assert.True(answer.Type == StunMessage.AllocateSuccess, $"refused with {answer.Error}");
        return held;
    }

    /// <summary>Refreshes it; null when granted, else the error.</summary>
    public async Task<int?> RefreshAsync() =>
        (await AskAsync(StunMessage.Request(StunMessage.RefreshRequest).Add(StunMessage.Lifetime, [0, 0, 2, 88]), signed: true)).Error;

    public void Dispose() => _channel.Dispose();

    private static StunMessage Allocate() =>
        StunMessage.Request(StunMessage.AllocateRequest).Add(StunMessage.RequestedTransport, [17, 0, 0, 0]);

    private async Task<StunMessage> AskAsync(StunMessage request, bool signed)
    {
        byte[]? key = null;
        if (signed)
        {
            request.Add(StunMessage.Username, _credentials.Username).Add(StunMessage.Realm, _realm).Add(StunMessage.Nonce, _nonce);
            key = MD5.HashData(Encoding.UTF8.GetBytes($"{_credentials.Username}:{_realm}:{_credentials.Credential}"));
        }
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await _channel.AskAsync(request.Encode(key), request.Transaction, limit.Token);
    }
}
