using System.Text.Json;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// The copy of an engine's state in two journals. Holds changes that could not be written until they can, merged by
/// user, so that a dead disk costs bounded memory. Not thread-safe.
/// </summary>
internal sealed partial class Backup : IDisposable
{
    private readonly IBackupSource _source;
    private readonly ILogger _logger;
    private readonly Journal _state;
    private readonly Journal _blocks;
    private readonly Dictionary<string, byte[]?> _pendingState = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]?> _pendingBlocks = new(StringComparer.Ordinal);
    private readonly List<SessionChange> _sessionChanges = [];
    private readonly List<(UserId User, UserId[] Blocked)> _blockChanges = [];

    public Backup(IBackupSource source, string folder, JournalDisk disk, TimeProvider time, ILogger logger)
    {
        _source = source;
        _logger = logger;
        _state = new Journal(Path.Combine(folder, "state.journal"), "state", disk, time, logger);
        _blocks = new Journal(Path.Combine(folder, "blocks.journal"), "blocks", disk, time, logger);
    }

    /// <summary>Puts back what the files hold. Does not throw for anything in them.</summary>
    public void Restore()
    {
        var blocks = new List<(UserId, UserId[])>();
        foreach (var (user, json) in _blocks.Load())
        {
            if (TryParse(json, BackupJson.Default.StringArray) is { } blocked)
            {
                blocks.Add((new UserId(user), [.. blocked.Select(id => new UserId(id))]));
            }
        }
        _source.RestoreBlocks(blocks);
        var sessions = new List<SessionSnapshot>();
        foreach (var json in _state.Load().Values)
        {
            if (TryParse(json, BackupJson.Default.SessionSnapshot) is { } session)
            {
                sessions.Add(session);
            }
        }
        var (searching, inRooms) = _source.RestoreSessions(sessions);
        LogRestored(_logger, searching, inRooms, blocks.Count);
    }

    /// <summary>Writes what changed since the last call, and what failed then.</summary>
    /// <returns>The name of the journal that failed and why, or nulls.</returns>
    public (string? Journal, Exception? Failure) Flush()
    {
        _sessionChanges.Clear();
        _source.TakeSessionChanges(_sessionChanges);
        foreach (var (user, snapshot) in _sessionChanges)
        {
            Merge(_pendingState, _state, user.Value, snapshot is null
                ? null
                : JsonSerializer.SerializeToUtf8Bytes(snapshot, BackupJson.Default.SessionSnapshot));
        }
        _blockChanges.Clear();
        _source.TakeBlockChanges(_blockChanges);
        foreach (var (user, blocked) in _blockChanges)
        {
            Merge(_pendingBlocks, _blocks, user.Value, blocked.Length == 0
                ? null
                : JsonSerializer.SerializeToUtf8Bytes(
                    blocked.Select(id => id.Value).ToArray(), BackupJson.Default.StringArray));
        }
        // Blocks first: who is found idle or searching after a kill must not meet whom they had blocked before.
        var blocks = TryWrite(_blocks, _pendingBlocks);
        if (TryWrite(_state, _pendingState) is { } failure)
        {
            return ("state", failure);
        }
        return blocks is null ? default : ("blocks", blocks);
    }

    public void Dispose()
    {
        _state.Dispose();
        _blocks.Dispose();
    }

    // A user who came and went while the disk was away need not be written at all: this keeps the map bounded.
    private static void Merge(Dictionary<string, byte[]?> pending, Journal journal, string key, byte[]? value)
    {
        if (value is null && !journal.Holds(key))
        {
            pending.Remove(key);
        }
        else
        {
            pending[key] = value;
        }
    }

    private static Exception? TryWrite(Journal journal, Dictionary<string, byte[]?> pending)
    {
        if (pending.Count == 0)
        {
            return null;
        }
        try
        {
            journal.Append([.. pending.Select(change => (change.Key, change.Value))]);
            pending.Clear();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception;
        }
    }

    private T? TryParse<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            // Whole by its checksum, so written by another version; one user's place is not worth a failed start.
            LogUnknownRecord(_logger);
            return null;
        }
    }

    [LoggerMessage(1511, LogLevel.Information,
        "Restored from the backup: {Searching} users searching, {InRooms} in rooms, blocks of {Blocking} users.")]
    private static partial void LogRestored(ILogger logger, int searching, int inRooms, int blocking);

    [LoggerMessage(1512, LogLevel.Warning, "A record of the backup is of another version and was skipped.")]
    private static partial void LogUnknownRecord(ILogger logger);
}
