namespace Camdiv.Matchmaking;

/// <summary>
/// What the single-process engine offers a background writer: the changes since it last asked, and the way back at
/// start. The engine's memory is the truth; a writer that fails or lags loses nothing but the copy.
/// </summary>
public interface IBackupSource
{
    /// <summary>Moves the users changed since the last call into <paramref name="into"/>, newest state each.</summary>
    void TakeSessionChanges(List<SessionChange> into);

    /// <summary>Moves the users whose blocks changed since the last call into <paramref name="into"/>, oldest block first.</summary>
    void TakeBlockChanges(List<(UserId User, UserId[] Blocked)> into);

    /// <summary>Puts restored users back, all away, each with a full grace from now. Call before the first connection.</summary>
    /// <returns>How many users were put back, searching and in rooms.</returns>
    (int Searching, int InRooms) RestoreSessions(IEnumerable<SessionSnapshot> snapshots);

    /// <summary>Puts restored blocks back. Call before the first connection.</summary>
    void RestoreBlocks(IEnumerable<(UserId User, UserId[] Blocked)> blocks);
}
