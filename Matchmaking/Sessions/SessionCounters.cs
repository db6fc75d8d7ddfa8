namespace Camdiv.Matchmaking;

/// <summary>What happened to the sessions of a host. Thread-safe; read by telemetry.</summary>
public sealed class SessionCounters
{
    /// <summary>
    /// Called for each user who is told of a match, with how long the user had waited, in ms. Called under the host's
    /// lock: must only take note.
    /// </summary>
    public Action<ChatType, long>? Told { get; set; }

    /// <summary>
    /// Called when a room that both members acknowledged ends, at the initiator's host, with how long it was, in ms. Called
    /// under the host's lock: must only take note.
    /// </summary>
    public Action<ChatType, long>? RoomEnded { get; set; }

    private long _resumed;
    private long _replaced;
    private long _expired;
    private long _requeued;
    private long _unresponsive;
    private long _holdsExpired;

    /// <summary>Connections that found their session again.</summary>
    public long Resumed => Interlocked.Read(ref _resumed);

    /// <summary>Connections replaced by a newer one of the same session.</summary>
    public long Replaced => Interlocked.Read(ref _replaced);

    /// <summary>Sessions whose grace ran out.</summary>
    public long Expired => Interlocked.Read(ref _expired);

    /// <summary>Users put back to the front by the server.</summary>
    public long Requeued => Interlocked.Read(ref _requeued);

    /// <summary>Users who did not acknowledge a match in time.</summary>
    public long Unresponsive => Interlocked.Read(ref _unresponsive);

    /// <summary>Pairing attempts that held a user past their time without a verdict.</summary>
    public long HoldsExpired => Interlocked.Read(ref _holdsExpired);

    internal void CountResumed() => Interlocked.Increment(ref _resumed);

    internal void CountReplaced() => Interlocked.Increment(ref _replaced);

    internal void CountExpired() => Interlocked.Increment(ref _expired);

    internal void CountRequeued() => Interlocked.Increment(ref _requeued);

    internal void CountUnresponsive() => Interlocked.Increment(ref _unresponsive);

    internal void CountHoldExpired() => Interlocked.Increment(ref _holdsExpired);
}
