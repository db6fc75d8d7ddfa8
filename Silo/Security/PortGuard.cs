using Camdiv.Silo.Configuration;
using Microsoft.AspNetCore.Connections;
using Orleans.Connections.Security;

namespace Camdiv.Silo.Security;

/// <summary>
/// The outermost step of the cluster's own ports: without TLS it takes private addresses only, with TLS it tells of
/// handshakes that failed. Each refusal is counted; at most one by port in <see cref="TellEvery"/> is logged. Thread-safe.
/// </summary>
internal sealed partial class PortGuard(NodeOptions node, SiloInstruments instruments, TimeProvider time, ILogger<PortGuard> logger)
{
    /// <summary>Least time between two log lines.</summary>
    public static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ClusterPort, (long At, int Untold)> _told = [];

    /// <summary>The step for a port.</summary>
    public Func<ConnectionDelegate, ConnectionDelegate> For(ClusterPort port) => next => context => GuardAsync(port, context, next);

    /// <summary>Counts a refusal and tells of it.</summary>
    public void Refuse(ClusterPort port, RefusalCause cause, ConnectionContext context, string why)
    {
        instruments.Refused(port, cause);
        (long At, int Untold) told;
        lock (_gate)
        {
            if (_told.TryGetValue(port, out told) && time.GetElapsedTime(told.At) < TellEvery)
            {
                _told[port] = told with { Untold = told.Untold + 1 };
                return;
            }
            _told[port] = (time.GetTimestamp(), 0);
        }
        LogRefused(logger, $"{context.RemoteEndPoint}", port == ClusterPort.Silo ? "silo" : "client", why, told.Untold);
    }

    private async Task GuardAsync(ClusterPort port, ConnectionContext context, ConnectionDelegate next)
    {
        if (!node.Tls.IsConfigured)
        {
            if (!node.AllowPlaintext && !IsPrivate(context))
            {
                Refuse(port, RefusalCause.Address, context, "without Silo:Tls only private addresses are let in");
                context.Abort();
                return;
            }
            await next(context).ConfigureAwait(false);
            return;
        }
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            // Set by the TLS step once the handshake is done, and never taken away.
            if (context.Features.Get<ITlsConnectionFeature>()?.RemoteCertificate is null)
            {
                Refuse(port, RefusalCause.Certificate, context, "it came without a TLS handshake or without a certificate that Silo:Tls:Authority signed for this");
            }
        }
    }

    private static bool IsPrivate(ConnectionContext context) =>
        PrivateNetwork.AddressOf(context.RemoteEndPoint) is not { } remote || PrivateNetwork.Contains(remote);

    [LoggerMessage(4501, LogLevel.Warning, "Refused {Address} at the {Port} port: {Why}. {Untold} more since the last such line.")]
    private static partial void LogRefused(ILogger logger, string address, string port, string why, int untold);
}
