using Camdiv.Grains;
using Camdiv.Silo.Configuration;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;
using Orleans.Runtime.Messaging;

namespace Camdiv.Silo.Security;

/// <summary>
/// The node's side of <see cref="AdminGreeting"/>, within TLS where there is TLS: learns who a connection to the client port
/// is before Orleans sees a byte of it, and refuses whom it may not let in.
/// </summary>
internal sealed class AdminDoor(NodeOptions node, AdminSessions sessions, PortGuard guard, TimeProvider time) : IConnectionMiddleware
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly byte[] _key = node.AdminKeyBytes();

    /// <inheritdoc/>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        if (await GreetAsync(context).ConfigureAwait(false) is not { } answer)
        {
            return;
        }
        var who = new Operator(NameOf(context, answer), $"{context.RemoteEndPoint}");
        using (sessions.Enter(Convert.ToBase64String(AdminGreeting.TicketOf(answer)), who))
        {
            await next(context).ConfigureAwait(false);
        }
    }

    private async Task<byte[]?> GreetAsync(ConnectionContext context)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.ConnectionClosed);
        try
        {
            var challenge = AdminGreeting.DrawChallenge();
            await context.Transport.Output.WriteAsync(challenge, either.Token).ConfigureAwait(false);
            var answer = await AdminGreeting.ReadAnswerAsync(context.Transport.Input, either.Token).ConfigureAwait(false);
            if (answer is null)
            {
                guard.Refuse(ClusterPort.Client, RefusalCause.Key, context, "it did not answer as an admin command does");
                return null;
            }
            var verdict = Judge(context, challenge, answer);
            await context.Transport.Output.WriteAsync(new[] { verdict }, either.Token).ConfigureAwait(false);
            if (verdict == AdminGreeting.Welcome)
            {
                return answer;
            }
            await UntilClosedAsync(context, either.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            guard.Refuse(ClusterPort.Client, RefusalCause.Key, context, "it did not answer in time");
            return null;
        }
    }

    // A connection that ends here and now loses the verdict on its way; the program closes it once it has read it.
    private static async Task UntilClosedAsync(ConnectionContext context, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var more = await context.Transport.Input.ReadAsync(cancellation).ConfigureAwait(false);
                context.Transport.Input.AdvanceTo(more.Buffer.End);
                if (more.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Refused and told of already.
        }
    }

    private byte Judge(ConnectionContext context, byte[] challenge, byte[] answer)
    {
        if (_key.Length > 0)
        {
            if (AdminGreeting.Proves(answer, challenge, _key))
            {
                return AdminGreeting.Welcome;
            }
            guard.Refuse(ClusterPort.Client, RefusalCause.Key, context, $"{AdminGreeting.NameOf(answer)} does not prove Silo:AdminKey");
            return AdminGreeting.KeyRefused;
        }
        if (node.Tls.IsConfigured || IsOfThisMachine(context))
        {
            return AdminGreeting.Welcome;
        }
        guard.Refuse(ClusterPort.Client, RefusalCause.Address, context, "without Silo:Tls and Silo:AdminKey only this machine's own programs are let in");
        return AdminGreeting.AddressRefused;
    }

    // A program of this machine may come by the address that the node advertises, as its cluster's members are told.
    private static bool IsOfThisMachine(ConnectionContext context) =>
        PrivateNetwork.AddressOf(context.RemoteEndPoint) is { } remote
        && (PrivateNetwork.IsLoopback(remote) || remote.Equals(PrivateNetwork.AddressOf(context.LocalEndPoint)));

    private static string NameOf(ConnectionContext context, byte[] answer)
    {
        var claimed = AdminGreeting.NameOf(answer);
        return context.Features.Get<ITlsConnectionFeature>()?.RemoteCertificate is { } certificate
            ? $"{certificate.Subject} ({claimed})"
            : claimed;
    }
}
