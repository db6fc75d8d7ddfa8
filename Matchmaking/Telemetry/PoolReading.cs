namespace Camdiv.Matchmaking;

/// <summary>What telemetry reads of one waiting pool.</summary>
/// <param name="Chat">Whose pool.</param>
/// <param name="Waiting">Tickets in it.</param>
/// <param name="Deferred">Due tickets that passes put off, since the pool was made.</param>
public readonly record struct PoolReading(ChatType Chat, int Waiting, long Deferred);
