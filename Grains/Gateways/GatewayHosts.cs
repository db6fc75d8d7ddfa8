using System.Collections.Concurrent;
using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

/// <summary>The session hosts of the cluster as the pairing handshake calls them.</summary>
public sealed partial class GatewayHosts(
    GatewayServiceClient gateways,
    LocalGateway local,
    ClusterInstruments instruments,
    TimeProvider time,
    ILogger<GatewayHosts> logger) : ISessionHosts
{
    // A gateway that is gone fails every handshake that names it, until its tickets are dropped.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<HostId, long> _failedAt = new();

    /// <inheritdoc/>
    public ISessionHost? Find(HostId host)
    {
        if (local.Host is { } here && here.Self == host)
        {
            return here;
        }
        return gateways.Find(host) is { } service ? new Remote(this, host, service) : null;
    }

    /// <summary>
    /// Whether a call to the gateway has failed since <paramref name="sinceTimestamp"/> (of <see cref="TimeProvider"/>),
    /// or membership has declared it dead. A frozen gateway shows here long before membership sees it.
    /// </summary>
    public bool HasFailedSince(HostId host, long sinceTimestamp) =>
        (_failedAt.TryGetValue(host, out var failed) && failed >= sinceTimestamp) || gateways.IsDead(host);

    /// <summary>Forgets the failures of a gateway that nobody asks about any more.</summary>
    public void Forget(HostId host) => _failedAt.TryRemove(host, out _);

    private void MarkFailed(HostId host, Exception failure)
    {
        var now = time.GetTimestamp();
        var repeated = _failedAt.TryGetValue(host, out var last) && time.GetElapsedTime(last, now) < Quiet;
        _failedAt[host] = now;
        if (!repeated)
        {
            LogFailed(host, failure.GetType().Name);
        }
    }

    private void Count(string call) => instruments.Called(call);

    private sealed class Remote(GatewayHosts hosts, HostId host, IGatewayService service) : ISessionHost
    {
        public ValueTask<bool[]> ReserveAsync(IReadOnlyList<Offer> offers) =>
            AskAsync("reserve", offers, static (service, batch) => service.ReserveAsync(batch));

        public ValueTask<bool[]> RecheckAsync(IReadOnlyList<Offer> offers) =>
            AskAsync("recheck", offers, static (service, batch) => service.RecheckAsync(batch));

        public async ValueTask ConcludeAsync(IReadOnlyList<Verdict> verdicts)
        {
            var batch = new VerdictBatch { Verdicts = [.. verdicts] };
            try
            {
                hosts.Count("conclude");
                await service.ConcludeAsync(batch);
            }
            catch (Exception failure)
            {
                hosts.MarkFailed(host, failure);
                if (failure is not TimeoutException)
                {
                    throw;
                }
                // The outcome is unknown and a verdict is harmless when repeated, so it gets a second chance.
                await service.ConcludeAsync(batch);
            }
        }

        private async ValueTask<bool[]> AskAsync(
            string call, IReadOnlyList<Offer> offers, Func<IGatewayService, OfferBatch, Task<bool[]>> ask)
        {
            try
            {
                hosts.Count(call);
                return await ask(service, new OfferBatch { Offers = [.. offers] });
            }
            catch (Exception failure)
            {
                hosts.MarkFailed(host, failure);
                throw;
            }
        }
    }

    [LoggerMessage(3701, LogLevel.Warning, "Gateway {Host} did not answer a handshake ({Problem}); its users' partners look on.")]
    private partial void LogFailed(HostId host, string problem);
}
