using System.Buffers;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// Keys and values in an append-only file that survives the process's death at any moment: a torn tail costs only
/// itself. Remembers where each live record stands, not what it says, and rewrites the file when dead records outnumber
/// the live. The process's death needs no flush to the platter: the system holds what was written. Not thread-safe.
/// </summary>
internal sealed partial class Journal : IDisposable
{
    // Below this a rewrite saves nothing worth its cost.
    private const int FewestDead = 1_024;

    private readonly string _path;
    private readonly string _name;
    private readonly JournalDisk _disk;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly List<int> _sizes = [];
    private Dictionary<string, (long Offset, int Length)> _live = [];

    // Where the live records stand; records can be appended to it only when it is whole.
    private Stream? _file;
    private bool _whole;
    private string? _unreadable;
    private long _length;
    private int _dead;

    /// <summary>Names the journal; nothing is touched before <see cref="Load"/>.</summary>
    public Journal(string path, string name, JournalDisk disk, TimeProvider time, ILogger logger)
    {
        _path = path;
        _name = name;
        _disk = disk;
        _time = time;
        _logger = logger;
    }

    /// <summary>How many keys the file holds a value for.</summary>
    public int LiveCount => _live.Count;

    /// <summary>How many records in the file are superseded.</summary>
    public int DeadCount => _dead;

    /// <summary>Whether the file holds a value for <paramref name="key"/>.</summary>
    public bool Holds(string key) => _live.ContainsKey(key);

    /// <summary>
    /// Reads the file, once, before anything is appended. A torn or foreign file is set aside and told of in the log.
    /// Does not throw: what cannot be read counts as nothing.
    /// </summary>
    public Dictionary<string, byte[]> Load()
    {
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            _file = _disk.OpenExisting(_path);
            if (_file is { Length: > 0 })
            {
                Read(_file, values);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whatever it holds, it must not be overwritten by someone who could not read it.
            _unreadable = exception.Message;
            LogUnreadable(_logger, _path, exception.Message);
        }
        return values;
    }

    /// <summary>Appends records; a null value removes the key.</summary>
    /// <exception cref="IOException">The disk failed; nothing of the batch counts as written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Append(IReadOnlyCollection<(string Key, byte[]? Value)> changes)
    {
        if (_unreadable is not null)
        {
            throw new IOException($"{_path} could not be read at start: {_unreadable}");
        }
        if (!_whole)
        {
            Rewrite();
        }
        _lines.ResetWrittenCount();
        _sizes.Clear();
        foreach (var (key, value) in changes)
        {
            _sizes.Add(JournalFormat.Write(_lines, key, value));
        }
        WriteWhole(_lines.WrittenSpan);
        foreach (var ((key, value), size) in changes.Zip(_sizes))
        {
            Note(key, _length, size, removed: value is null);
        }
        if (_dead >= FewestDead && _dead > _live.Count)
        {
            Rewrite();
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private void Read(Stream file, Dictionary<string, byte[]> values)
    {
        var reader = new LineReader(file);
        if (!reader.TryRead(out var line) || !line.SequenceEqual(JournalFormat.Header(_name).AsSpan()[..^1]))
        {
            file.Dispose();
            _file = null;
            LogForeign(_logger, _path, _disk.SetAside(_path, "foreign", _time));
            return;
        }
        _length = reader.Offset;
        while (reader.TryRead(out line) && JournalFormat.TryRead(line, out var key, out var value))
        {
            if (value.IsEmpty)
            {
                values.Remove(key);
            }
            else
            {
                values[key] = value.ToArray();
            }
            Note(key, _length, line.Length + 1, value.IsEmpty);
        }
        _whole = _length == file.Length;
        if (!_whole)
        {
            LogTorn(_logger, _path, _disk.SetAside(_path, "torn", _time), _live.Count);
        }
    }

    private void WriteWhole(ReadOnlySpan<byte> lines)
    {
        try
        {
            _file!.Position = _length;
            _file.Write(lines);
            _file.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Half a record must not stand before later ones: cut it off, or else begin a new file next time.
            try
            {
                _file!.SetLength(_length);
            }
            catch (Exception inner) when (inner is IOException or UnauthorizedAccessException)
            {
                _whole = false;
            }
            throw;
        }
    }

    private void Note(string key, long offset, int length, bool removed)
    {
        _length = offset + length;
        var known = removed ? _live.Remove(key) : !_live.TryAdd(key, (offset, length));
        if (!removed && known)
        {
            _live[key] = (offset, length);
        }
        // A removal is dead weight itself, beside what it removes.
        _dead += (known ? 1 : 0) + (removed ? 1 : 0);
    }

    // Copies the live records into a new file, which then takes the old one's place at once.
    private void Rewrite()
    {
        var temporary = _path + ".new";
        var next = _disk.CreateNew(temporary);
        try
        {
            var live = new Dictionary<string, (long, int)>(_live.Count, StringComparer.Ordinal);
            var buffered = new BufferedStream(next, 64 * 1024);
            var header = JournalFormat.Header(_name);
            buffered.Write(header);
            long length = header.Length;
            var line = new byte[1024];
            foreach (var (key, (offset, size)) in _live.OrderBy(entry => entry.Value.Offset))
            {
                if (line.Length < size)
                {
                    line = new byte[size * 2];
                }
                _file!.Position = offset;
                _file.ReadExactly(line, 0, size);
                buffered.Write(line, 0, size);
                live[key] = (length, size);
                length += size;
            }
            buffered.Flush();
            _disk.Replace(temporary, _path);
            _file?.Dispose();
            (_file, _live, _length, _dead, _whole) = (next, live, length, 0, true);
        }
        catch
        {
            next.Dispose();
            throw;
        }
    }

    [LoggerMessage(1501, LogLevel.Warning,
        "{Path} cannot be read ({Cause}); the server starts without what it holds and leaves it alone.")]
    private static partial void LogUnreadable(ILogger logger, string path, string cause);

    [LoggerMessage(1502, LogLevel.Warning, "{Path} is not a backup of this server; it was set aside as {Aside}.")]
    private static partial void LogForeign(ILogger logger, string path, string aside);

    [LoggerMessage(1503, LogLevel.Warning,
        "{Path} ends in a torn record; it was set aside as {Aside}, and the {Records} records before it are restored.")]
    private static partial void LogTorn(ILogger logger, string path, string aside, int records);
}
