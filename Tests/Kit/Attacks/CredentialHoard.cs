using System.Net;
using Camdiv.Tests.Kit.Turn;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Kit.Attacks;

/// <summary>One address that comes as many identities and takes what TURN credentials it is given.</summary>
public sealed class CredentialHoard : IAsyncDisposable
{
    private readonly Uri _gateway;
    private readonly IPAddress _from;
    private readonly Caller _caller;
    private readonly List<WireClient> _identities = [];

    /// <summary>Prepares it; nothing is sent yet.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="from">The attacker's address, one of 127.0.0.x.</param>
    public CredentialHoard(Uri gateway, IPAddress from)
    {
        _gateway = gateway;
        _from = from;
        _caller = new Caller(gateway, from);
    }

    /// <summary>Every answer, in order.</summary>
    public List<IceAnswer> Answers { get; } = [];

    /// <summary>The credentials it was given, one for each identity that was.</summary>
    public IReadOnlyList<TurnCredential> Credentials => [.. Answers.Select(answer => answer.Credential).OfType<TurnCredential>()];

    /// <summary>Comes as so many more identities and asks once as each.</summary>
    /// <param name="identities">How many.</param>
    /// <param name="searching">Whether they search first, as those who talk do; otherwise they are idle.</param>
    public async Task MintAsync(int identities, bool searching)
    {
        for (var i = 0; i < identities; i++)
        {
            var options = new WireClientOptions { Name = $"hoarder {_identities.Count}", From = _from };
            var identity = await WireClient.JoinAsync(_gateway, options);
            _identities.Add(identity);
            if (searching)
            {
                await identity.StartAsync("text");
            }
            Answers.Add(await _caller.AskAsync(identity.Session));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        foreach (var identity in _identities)
        {
            await identity.DisposeAsync();
        }
    }
}
