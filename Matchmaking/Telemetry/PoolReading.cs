namespace Camdiv.Matchmaking;

/// <summary>What telemetry reads of one waiting pool.</summary>
/// <param name="Chat">Whose pool.</param>
/// <param name="Waiting">Tickets in it.</param>
/// <param name="HeldBack">Those of them that only their own network may be paired with.</param>
/// <param name="Deferred">Due tickets that passes put off, since the pool was made.</param>
/// <param name="Untracked">Tickets whose network could not be remembered, since the pool was made.</param>
public readonly record struct PoolReading(ChatType Chat, int Waiting, int HeldBack, long Deferred, long Untracked)
{
    /// <summary>Reads a pool.</summary>
    public static PoolReading Of(ChatType chat, WaitingPool pool) =>
        new(chat, pool.Count, pool.HeldBack, pool.Deferred, pool.Untracked);
}
