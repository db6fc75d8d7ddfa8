using Camdiv.Matchmaking;
using Orleans.Services;

namespace Camdiv.Grains;

/// <summary>
/// One gateway as the cluster calls it. A grain service, not a grain and not an observer: it is addressed by its silo, so
/// it cannot come to life elsewhere, a call to a dead one fails at once instead of never being answered, and nobody has
/// to be handed a reference first.
/// </summary>
[Alias("camdiv.IGatewayService")]
public interface IGatewayService : IGrainService
{
    /// <summary>Check and commit; see <see cref="ISessionHost.ReserveAsync"/>.</summary>
    [Alias("Reserve"), ResponseTimeout("00:00:02")]
    Task<bool[]> ReserveAsync(OfferBatch batch);

    /// <summary>Recheck; see <see cref="ISessionHost.RecheckAsync"/>.</summary>
    [Alias("Recheck"), ResponseTimeout("00:00:02")]
    Task<bool[]> RecheckAsync(OfferBatch batch);

    /// <summary>Verdicts; see <see cref="ISessionHost.ConcludeAsync"/>.</summary>
    [Alias("Conclude"), ResponseTimeout("00:00:02")]
    Task ConcludeAsync(VerdictBatch batch);

    /// <summary>Takes in frames and member updates from another gateway.</summary>
    [Alias("Deliver"), ResponseTimeout("00:00:02")]
    Task DeliverAsync(PeerBatch batch);

    /// <summary>
    /// Gives up a user's session to the gateway at which the user has resumed. Harmless when repeated: an answer that was
    /// lost is given again.
    /// </summary>
    /// <param name="user">Whose.</param>
    /// <param name="to">The gateway that asks.</param>
    /// <param name="claim">Number of its claim; 0 when it only asks around.</param>
    [Alias("Extract"), ResponseTimeout("00:00:02")]
    Task<ExtractReply> ExtractAsync(UserId user, HostId to, long claim);

    /// <summary>Takes in the sessions of a gateway that ends; their users are away.</summary>
    [Alias("TakeOver"), ResponseTimeout("00:00:02")]
    Task TakeOverAsync(HandOver sessions);

    /// <summary>Whether the gateway holds the user's session and the user searches or is in a room.</summary>
    [Alias("IsActive"), ResponseTimeout("00:00:01")]
    Task<bool> IsActiveAsync(UserId user);

    /// <summary>Counts.</summary>
    [Alias("GetStats"), ResponseTimeout("00:00:02")]
    Task<GatewayStats> GetStatsAsync();

    /// <summary>Sends the gateway's clients elsewhere and takes no new ones.</summary>
    [Alias("Drain"), ResponseTimeout("00:00:05")]
    Task DrainAsync();
}
