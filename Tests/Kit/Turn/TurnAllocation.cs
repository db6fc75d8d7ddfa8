using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>A TURN server refused an allocation.</summary>
public sealed class TurnRefusedException(int error) : Exception($"The TURN server refused the allocation with {error}.")
{
    /// <summary>The error code: 401 for a wrong or expired credential, 486 for a quota, 508 for the server's capacity.</summary>
    public int Error { get; } = error;
}

/// <summary>How a client asks for an allocation.</summary>
public sealed record TurnWishes
{
    /// <summary>The local address to ask from; loopback when null.</summary>
    public IPAddress? From { get; init; }

    /// <summary>The family of the relayed address (RFC 8656, 18.8); the server's choice when null.</summary>
    public AddressFamily? Family { get; init; }

    /// <summary>Whether to ask for a mobility ticket (RFC 8016).</summary>
    public bool Mobile { get; init; }
}

/// <summary>An allocation that is held on a TURN server over UDP (RFC 8656), as a client holds it.</summary>
public sealed class TurnAllocation : IDisposable
{
    private readonly IPEndPoint _server;
    private readonly TurnCredential _credential;
    private StunSocket _socket;
    private byte[] _key = [];
    private byte[] _realm = [];
    private byte[] _nonce = [];

    private TurnAllocation(IPEndPoint server, TurnCredential credential, StunSocket socket)
    {
        _server = server;
        _credential = credential;
        _socket = socket;
    }

    /// <summary>How long it lives without a refresh.</summary>
    public int LifetimeSeconds { get; private set; }

    /// <summary>Its relayed address.</summary>
    public IPEndPoint Relayed { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The mobility ticket that was given last, if any.</summary>
    public byte[]? Ticket { get; private set; }

    /// <summary>Asks for it.</summary>
    /// <exception cref="TurnRefusedException">The server refused.</exception>
    public static async Task<TurnAllocation> OpenAsync(IPEndPoint server, TurnCredential credential, TurnWishes? wishes = null)
    {
        wishes ??= new TurnWishes();
        var held = new TurnAllocation(server, credential, new StunSocket(server, wishes.From));
        try
        {
            if (await held.ChallengeAsync(Allocate(wishes)) is { } error)
            {
                throw new InvalidOperationException($"The TURN server gave no challenge, but error {error}.");
            }
            held.Take(await held.AskAsync(Allocate(wishes)));
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Refreshes it; null when granted, else the error.</summary>
    public async Task<int?> RefreshAsync() => (await AskAsync(StunMessage.Request(StunMessage.RefreshRequest))).Error;

    /// <summary>Gives it back.</summary>
    public async Task ReleaseAsync() =>
        await AskAsync(StunMessage.Request(StunMessage.RefreshRequest).Add(StunMessage.Lifetime, [0, 0, 0, 0]));

    /// <summary>Asks to relay to a peer; null when granted, else the error.</summary>
    public async Task<int?> PermitAsync(IPAddress peer)
    {
        var request = StunMessage.Request(StunMessage.PermissionRequest);
        return (await AskAsync(request.AddAddress(StunMessage.PeerAddress, new IPEndPoint(peer, 9)))).Error;
    }

    /// <summary>Sends to a peer.</summary>
    public Task SendAsync(IPEndPoint peer, byte[] data) =>
        _socket.TellAsync(StunMessage.Request(StunMessage.SendIndication).AddAddress(StunMessage.PeerAddress, peer).Add(StunMessage.Data, data));

    /// <summary>What a peer sent; null when nothing comes within the time.</summary>
    public async Task<byte[]?> HearAsync(TimeSpan limit) => (await _socket.HearAsync(limit))?.Find(StunMessage.Data);

    /// <summary>Goes on from another socket, as a client whose address changed; null when granted, else the error.</summary>
    /// <param name="ticket">The ticket to show (RFC 8016), or null to show none.</param>
    /// <param name="from">The new address.</param>
    public async Task<int?> MoveAsync(byte[]? ticket, IPAddress? from = null)
    {
        var former = _socket;
        _socket = new StunSocket(_server, from);
        former.Dispose();
        if (await ChallengeAsync(Refresh()) is { } error)
        {
            return error;
        }
        var answer = await AskAsync(Refresh());
        Ticket = answer.Find(StunMessage.MobilityTicket) ?? Ticket;
        return answer.Error;

        StunMessage Refresh()
        {
            var request = StunMessage.Request(StunMessage.RefreshRequest);
            return ticket is null ? request : request.Add(StunMessage.MobilityTicket, ticket);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static StunMessage Allocate(TurnWishes wishes)
    {
        var request = StunMessage.Request(StunMessage.AllocateRequest).Add(StunMessage.RequestedTransport, [17, 0, 0, 0]);
        if (wishes.Family is { } family)
        {
            request.Add(StunMessage.RequestedFamily, [(byte)(family == AddressFamily.InterNetwork ? 1 : 2), 0, 0, 0]);
        }
        return wishes.Mobile ? request.Add(StunMessage.MobilityTicket, Array.Empty<byte>()) : request;
    }

    /// <returns>Null when challenged, else the error.</returns>
    private async Task<int?> ChallengeAsync(StunMessage request)
    {
        var challenge = await _socket.AskAsync(request, null);
        if (challenge.Find(StunMessage.Realm) is not { } realm || challenge.Find(StunMessage.Nonce) is not { } nonce)
        {
            return challenge.Error ?? 0;
        }
        (_realm, _nonce) = (realm, nonce);
#pragma warning disable CA5351 // RFC 8489 prescribes MD5 for the key of a long-term credential.
        _key = MD5.HashData(Encoding.UTF8.GetBytes($"{_credential.Username}:{Encoding.UTF8.GetString(realm)}:{_credential.Password}"));
#pragma warning restore CA5351
        return null;
    }

    private Task<StunMessage> AskAsync(StunMessage request) => _socket.AskAsync(
        request.Add(StunMessage.Username, _credential.Username).Add(StunMessage.Realm, _realm).Add(StunMessage.Nonce, _nonce), _key);

    private void Take(StunMessage answer)
    {
        if (answer.Type != StunMessage.AllocateSuccess)
        {
            throw new TurnRefusedException(answer.Error ?? 0);
        }
        LifetimeSeconds = answer.Find(StunMessage.Lifetime) is { } lifetime ? (lifetime[2] << 8) | lifetime[3] : 0;
        Relayed = answer.FindAddress(StunMessage.RelayedAddress) ?? Relayed;
        Ticket = answer.Find(StunMessage.MobilityTicket);
    }
}
