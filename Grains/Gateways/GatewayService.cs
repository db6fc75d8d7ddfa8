using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

/// <summary>The cluster's way into this process's sessions. Every method only touches memory and returns.</summary>
public sealed class GatewayService(
    GrainId id, Silo silo, ILoggerFactory loggers, ClusterMatchmaker engine, IGatewayDrain drain)
    : GrainService(id, silo, loggers), IGatewayService
{
    /// <inheritdoc/>
    public Task<bool[]> ReserveAsync(OfferBatch batch) => engine.Host.ReserveAsync(batch.Offers).AsTask();

    /// <inheritdoc/>
    public Task<bool[]> RecheckAsync(OfferBatch batch) => engine.Host.RecheckAsync(batch.Offers).AsTask();

    /// <inheritdoc/>
    public Task ConcludeAsync(VerdictBatch batch) => engine.Host.ConcludeAsync(batch.Verdicts).AsTask();

    /// <inheritdoc/>
    public Task DeliverAsync(PeerBatch batch) => engine.ReceiveAsync(batch);

    /// <inheritdoc/>
    public Task<ExtractReply> ExtractAsync(UserId user, HostId to, long claim) => Task.FromResult(engine.GiveUp(user, to, claim));

    /// <inheritdoc/>
    public Task TakeOverAsync(HandOver sessions)
    {
        engine.TakeOver(sessions);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> IsActiveAsync(UserId user) => Task.FromResult(engine.Host.IsActive(user));

    /// <inheritdoc/>
    public Task<GatewayStats> GetStatsAsync() => Task.FromResult(engine.LocalStats with { Draining = drain.IsDraining });

    /// <inheritdoc/>
    public Task DrainAsync()
    {
        drain.Begin();
        return Task.CompletedTask;
    }
}

/// <summary>What the gateway's front end offers the cluster: sending its clients elsewhere.</summary>
public interface IGatewayDrain
{
    /// <summary>Whether clients are being sent elsewhere.</summary>
    bool IsDraining { get; }

    /// <summary>Begins to send clients elsewhere; returns at once. Idempotent.</summary>
    void Begin();
}
