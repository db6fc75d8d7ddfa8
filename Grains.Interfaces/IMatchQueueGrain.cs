using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// Everyone waiting for one chat type in the cluster; its key is the <see cref="ChatType"/>'s number. What it knows it
/// knows from the gateways: lost with its silo, it is whole again as soon as each gateway has submitted once more.
/// </summary>
[Alias("camdiv.IMatchQueueGrain")]
public interface IMatchQueueGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes in a gateway's batch and renews its lease. Pairs found are carried through the handshake after the call
    /// returns: the queue never awaits a gateway inside a turn that a gateway awaits. Harmless when repeated.
    /// </summary>
    [Alias("Submit"), ResponseTimeout("00:00:03")]
    Task<QueueReply> SubmitAsync(QueueBatch batch);

    /// <summary>Takes out the ticket of a user whose gateway was lost, so that the place is kept at another one.</summary>
    [Alias("TakeParked"), ResponseTimeout("00:00:02")]
    Task<TicketSnapshot?> TakeParkedAsync(UserId user);

    /// <summary>Counts.</summary>
    [Alias("GetStats"), ResponseTimeout("00:00:03")]
    Task<QueueStats> GetStatsAsync();
}
