using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Turn;

/// <summary>What a probe needs besides its target.</summary>
/// <param name="CredentialTtlSeconds">How long the minted credential is valid, as the gateway mints it.</param>
/// <param name="Timeout">How long one target may take altogether.</param>
/// <param name="Realm">The realm the server must name; null: any.</param>
/// <param name="Trust">Which certificates are believed.</param>
internal sealed record TurnProbeOptions(int CredentialTtlSeconds, TimeSpan Timeout, string? Realm, TurnTrust Trust);

/// <summary>Asks a TURN server for an allocation as a browser does, gives it back, and names what is wrong.</summary>
internal sealed class TurnProbe(TurnProbeOptions options, TimeProvider time)
{
    private const int Unauthorized = 401;
    private const int StaleNonce = 438;
    private static readonly byte[] RelayOverUdp = [17, 0, 0, 0];
    private static readonly byte[] AtOnce = [0, 0, 0, 0];
    private static readonly byte[] OverIPv6 = [2, 0, 0, 0];

    // Longer than any clock is off, to tell a wrong clock from a wrong secret.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(3_650);

    /// <summary>Runs the check. Does not throw for what a server can do.</summary>
    public async Task<TurnFinding> RunAsync(TurnTarget target, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var started = time.GetTimestamp();
        try
        {
            var (granted, doubt) = await AllocateAsync(target, Mint(target, TimeSpan.FromSeconds(options.CredentialTtlSeconds)), limit.Token);
            if (granted.Type != StunMessage.AllocateSuccess)
            {
                return Finding(target, TurnGrade.Bad, await ExplainAsync(target, granted, limit.Token));
            }
            var relayed = granted.FindRelayed();
            var took = time.GetElapsedTime(started).TotalMilliseconds;
            doubt = Hidden(target.Address, relayed) ?? doubt ?? await DoubtOverIPv6Async(target, relayed, limit.Token);
            var text = string.Create(CultureInfo.InvariantCulture, $"allocated {relayed} in {took:f0} ms");
            return doubt is null
                ? Finding(target, TurnGrade.Good, text)
                : Finding(target, TurnGrade.Doubtful, $"{text}; {doubt}");
        }
        catch (TurnFaultException fault)
        {
            return Finding(target, TurnGrade.Bad, fault.Message);
        }
        catch (OperationCanceledException)
        {
            return Finding(target, TurnGrade.Bad, "not done in time");
        }
    }

    private async Task<(StunMessage Answer, string? Doubt)> AllocateAsync(
        TurnTarget target, TurnCredentials credentials, CancellationToken cancellation, bool overIPv6 = false)
    {
        using var channel = await TurnChannel.OpenAsync(target, options.Trust, time, cancellation);
        var challenge = await AskAsync(channel, Allocate(overIPv6), null, cancellation);
        if (challenge.Type == StunMessage.AllocateSuccess)
        {
            throw new TurnFaultException("an open relay: it allocates without credentials; set use-auth-secret and lt-cred-mech");
        }
        if (challenge.FindText(StunMessage.Realm) is not { } realm || challenge.Find(StunMessage.Nonce) is null)
        {
            throw new TurnFaultException($"asks for no credentials, but refuses with {Describe(challenge)}");
        }
        if (options.Realm is { } expected && realm != expected)
        {
            throw new TurnFaultException($"its realm is '{realm}', not '{expected}'");
        }
        var key = MD5.HashData(Encoding.UTF8.GetBytes($"{credentials.Username}:{realm}:{credentials.Credential}"));
        var answer = await AskAsync(channel, Signed(Allocate(overIPv6), challenge, realm, credentials), key, cancellation);
        if (answer.Error == StaleNonce)
        {
            challenge = answer;
            answer = await AskAsync(channel, Signed(Allocate(overIPv6), challenge, realm, credentials), key, cancellation);
        }
        string? door = null;
        if (answer.Type == StunMessage.AllocateSuccess)
        {
            foreach (var peer in TurnPeers.For(answer.FindRelayed()?.AddressFamily ?? AddressFamily.Unspecified))
            {
                var permission = StunMessage.Request(StunMessage.PermissionRequest).AddPeer(peer);
                if ((await AskAsync(channel, Signed(permission, challenge, realm, credentials), key, cancellation)).Type
                    == StunMessage.PermissionSuccess)
                {
                    door = $"it relays to {peer}: deny private and special peers (denied-peer-ip)";
                    break;
                }
            }
            var release = StunMessage.Request(StunMessage.RefreshRequest).Add(StunMessage.Lifetime, AtOnce);
            await AskAsync(channel, Signed(release, challenge, realm, credentials), key, cancellation);
        }
        return (answer, door ?? channel.Doubt);
    }

    /// <summary>What is wrong with allocations of IPv6, where the server makes any.</summary>
    private async Task<string?> DoubtOverIPv6Async(TurnTarget target, IPEndPoint? relayed, CancellationToken cancellation)
    {
        if (relayed?.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }
        var credentials = Mint(target, TimeSpan.FromSeconds(options.CredentialTtlSeconds));
        return (await AllocateAsync(target, credentials, cancellation, overIPv6: true)).Doubt;
    }

    private async Task<string> ExplainAsync(TurnTarget target, StunMessage refusal, CancellationToken cancellation)
    {
        if (refusal.Error != Unauthorized)
        {
            return $"refuses the allocation with {Describe(refusal)}";
        }
        var (again, _) = await AllocateAsync(target, Mint(target, FarAhead), cancellation);
        return again.Type == StunMessage.AllocateSuccess
            ? string.Create(CultureInfo.InvariantCulture,
                $"the secret is right, but the credential has expired for the server: its clock and this one's ({time.GetUtcNow():u}) differ by more than {options.CredentialTtlSeconds} s")
            : $"refuses the credential (401): secret {target.SecretIndex} of the region is not the server's static-auth-secret";
    }

    private TurnCredentials Mint(TurnTarget target, TimeSpan life) =>
        TurnCredentials.Mint(target.Secret, UserId.New(), (time.GetUtcNow() + life).ToUnixTimeSeconds());

    private static StunMessage Allocate(bool overIPv6)
    {
        var request = StunMessage.Request(StunMessage.AllocateRequest).Add(StunMessage.RequestedTransport, RelayOverUdp);
        return overIPv6 ? request.Add(StunMessage.RequestedFamily, OverIPv6) : request;
    }

    private static StunMessage Signed(StunMessage request, StunMessage challenge, string realm, TurnCredentials credentials) =>
        request
            .Add(StunMessage.Username, credentials.Username)
            .Add(StunMessage.Realm, realm)
            .Add(StunMessage.Nonce, challenge.Find(StunMessage.Nonce) ?? []);

    private static Task<StunMessage> AskAsync(TurnChannel channel, StunMessage request, byte[]? key, CancellationToken cancellation) =>
        channel.AskAsync(request.Encode(key), request.Transaction, cancellation);

    // A server behind a translated address that does not know its outer one hands out what no client can reach.
    private static string? Hidden(IPAddress server, IPEndPoint? relayed) =>
        relayed is not null && AddressRanges.IsPrivate(relayed.Address) && !AddressRanges.IsPrivate(server)
            ? $"but {relayed.Address} is a private address: set external-ip"
            : null;

    private static string Describe(StunMessage refusal) => refusal.Error switch
    {
        300 => "300: it sends clients to another server",
        400 => "400: it calls the request malformed",
        403 => "403: forbidden",
        437 => "437: allocation mismatch",
        441 => "441: wrong credentials",
        442 => "442: it does not relay over UDP",
        486 => "486: the user's allocation quota is used up",
        500 => "500: an error of its own",
        508 => "508: insufficient capacity: its total quota or its ports are used up",
        { } other => other.ToString(CultureInfo.InvariantCulture),
        null => string.Create(CultureInfo.InvariantCulture, $"a message of type 0x{refusal.Type:x4}"),
    };

    private static TurnFinding Finding(TurnTarget target, TurnGrade grade, string text) => new(
        target.Region,
        target.Transport,
        string.Create(CultureInfo.InvariantCulture, $"{target.Host}:{target.Port}")
            + (target.Host.Trim('[', ']') == target.Address.ToString() ? "" : $" ({target.Address})"),
        grade,
        text);
}
