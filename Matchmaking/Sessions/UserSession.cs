namespace Camdiv.Matchmaking;

/// <summary>One user's state. Guarded by its host's lock; only <see cref="Inbox"/> is read outside.</summary>
internal sealed class UserSession(UserId user, long life)
{
    public readonly UserId User = user;

    /// <summary>Tells this session from an earlier or later one of the same user on the same host.</summary>
    public readonly long Life = life;

    public ClientState State = ClientState.Idle;
    public IClientLink? Link;
    public UserConnection? Connection;
    public long AwaySinceMs;
    public BlockSet Blocked = BlockSet.Empty;

    /// <summary>The network of the newest connection. Read outside the lock too, where an older one does no harm.</summary>
    public AddressPrefix From;

    /// <summary>Whether the user has talked with somebody of another network and was not found silent since.</summary>
    public bool Proven;

    /// <summary>Matches in a row that the user did not acknowledge, when the last was, and until when it is not matched again.</summary>
    public int Failures;
    public long FailedAtMs;
    public long PausedUntilMs;

    /// <summary>The search waits for the pause to end; no pool has a ticket of it.</summary>
    public bool Paused;

    // The search; kept through a room, because a match that falls through goes back to it.
    public SearchRequest? Request;
    public long SinceMs;
    public bool Front;
    public long TicketId;
    public bool TicketSent;
    public bool SearchAnswered;

    // The pairing attempt that holds the user while searching.
    public Offer? Held;
    public long HeldUntilMs;
    public bool HeldConfirmed;
    public DeferredCommand Deferred;
    public SearchRequest? DeferredRequest;

    public RoomSide? Room;
    public LastRoom? Last;

    /// <summary>End of the held or present room for frames; null otherwise.</summary>
    public volatile RelayInbox? Inbox;

    /// <summary>Earliest entry for this session in the host's deadline queue.</summary>
    public long QueuedDueMs = long.MaxValue;

    public bool Removed;

    public bool Away => Link is null;
}

/// <summary>What the user asked for between a confirmed recheck and the verdict; carried out right after it.</summary>
internal enum DeferredCommand : byte
{
    None,
    Stop,
    Start,
}
