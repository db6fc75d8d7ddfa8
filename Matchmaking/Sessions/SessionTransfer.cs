namespace Camdiv.Matchmaking;

/// <summary>A session on its way from one live gateway to another, whole.</summary>
/// <param name="Snapshot">Search, room and last partner; null when the user was idle and new.</param>
/// <param name="Kept">Frames kept for the user, oldest first.</param>
/// <param name="Blocks">Whom the user never meets, oldest block first.</param>
public sealed record SessionTransfer(SessionSnapshot? Snapshot, IReadOnlyList<byte[]> Kept, BlockSet Blocks)
{
    /// <summary>The greatest number of the frames that came for the user.</summary>
    public long Heard { get; init; }

    /// <summary>Frames of the user that wait for the way to its peer, oldest first.</summary>
    public IReadOnlyList<byte[]> Unsent { get; init; } = [];

    /// <summary>The last number that the user's frames carried.</summary>
    public long Sent { get; init; }
}

/// <summary>What came of asking a host for a session.</summary>
public enum ExtractOutcome : byte
{
    /// <summary>The host holds no session of that user.</summary>
    Unknown,

    /// <summary>A pairing attempt is about to be decided; ask again.</summary>
    Busy,

    /// <summary>The session has left the host.</summary>
    Extracted,
}
