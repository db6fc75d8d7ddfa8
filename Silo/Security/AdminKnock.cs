using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;

namespace Camdiv.Silo.Security;

/// <summary>
/// A program's side of <see cref="AdminGreeting"/>: says who it is on each connection to a node, under one ticket that its
/// calls bear. Thread-safe.
/// </summary>
/// <param name="name">Who runs the program, 1 character or more.</param>
/// <param name="key">The admin key, or nothing.</param>
/// <param name="speaksTls">Whether it shows a certificate.</param>
/// <param name="time">The clock.</param>
internal sealed class AdminKnock(string name, byte[] key, bool speaksTls, TimeProvider time) : IConnectionMiddleware
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly byte[] _ticket = RandomNumberGenerator.GetBytes(AdminGreeting.TokenBytes);
    private volatile string? _refusal;

    /// <summary>The ticket, for the calls.</summary>
    public string Ticket => Convert.ToBase64String(_ticket);

    /// <summary>Why a node did not let the program in, as a sentence; null when none refused.</summary>
    public string? Refusal => _refusal;

    // A node that refuses a certificate, or waits for one, cannot say so to whom it does not know yet.
    private string LikelyCause => speaksTls
        ? "it takes certificates of its own authority only (Silo:Tls)."
        : "it may speak TLS, for which Silo:Tls is not configured here.";

    /// <summary>Who runs this process, and where.</summary>
    public static string Self => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Notes that a node's certificate was not taken.</summary>
    public void CertificateRefused(string problem) => _refusal = $"the node's certificate is refused by Silo:Tls:Authority: {problem}.";

    /// <inheritdoc/>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        if (await GreetAsync(context).ConfigureAwait(false) is { } refusal)
        {
            _refusal = refusal;
            throw new ConnectionAbortedException(refusal);
        }
        await next(context).ConfigureAwait(false);
    }

    private async Task<string?> GreetAsync(ConnectionContext context)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            var input = context.Transport.Input;
            var challenge = await AdminGreeting.ReadAsync(input, AdminGreeting.ChallengeBytes, limit.Token).ConfigureAwait(false);
            if (!AdminGreeting.IsChallenge(challenge))
            {
                return challenge is null
                    ? $"the node closed the connection before it said anything; {LikelyCause}"
                    : "what answers there is no client port of a node, or speaks TLS (Silo:Tls).";
            }
            await context.Transport.Output.WriteAsync(AdminGreeting.Answer(challenge, _ticket, name, key), limit.Token).ConfigureAwait(false);
            return await AdminGreeting.ReadAsync(input, 1, limit.Token).ConfigureAwait(false) switch
            {
                [AdminGreeting.Welcome] => null,
                [AdminGreeting.KeyRefused] => "the node asks for its admin key (Silo:AdminKey).",
                [AdminGreeting.AddressRefused] =>
                    "without Silo:Tls and Silo:AdminKey a node takes commands from its own machine only.",
                _ => "the node closed the connection.",
            };
        }
        catch (OperationCanceledException)
        {
            return $"the node says nothing at its client port; {LikelyCause}";
        }
        catch (IOException exception)
        {
            return $"the node broke off ({exception.Message}); {LikelyCause}";
        }
    }
}
