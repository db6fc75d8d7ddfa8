using System.Globalization;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// Reports as JSON Lines in <c>reports.jsonl</c>. A full file becomes <c>reports.1.jsonl</c>, that one
/// <c>reports.2.jsonl</c> and so on. No report is dropped to make room: when all files are full, new ones are refused until
/// a file is taken away or its time is up. Thread-safe.
/// </summary>
internal sealed partial class ReportFile : IReportStore, IDisposable
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly ReportOptions _options;
    private readonly GatewayInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<ReportFile> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer? _sweeper;
    private FileStream? _file;
    private long? _loggedAt;
    private volatile bool _full;

    public ReportFile(
        string folder, ReportOptions options, GatewayInstruments instruments, TimeProvider time, ILogger<ReportFile> logger)
    {
        _folder = folder;
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
        _sweeper = options.KeepDays > 0
            ? time.CreateTimer(static file => ((ReportFile)file!).OnSweep(), this, TimeSpan.Zero, SweepInterval)
            : null;
    }

    public double Fill
    {
        get
        {
            var used = 0L;
            for (var i = 0; i < _options.MaxFiles; i++)
            {
                var file = new FileInfo(FilePath(i));
                used += file.Exists ? file.Length : 0;
            }
            return _full ? 1 : Math.Min(1, used / ((double)_options.MaxFiles * _options.MaxFileBytes));
        }
    }

    public async ValueTask WriteAsync(Report report, CancellationToken cancellation)
    {
        var line = ReportLine.Write(report);
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Open(line.Length) is not { } file)
            {
                _full = true;
                throw new MatchmakerUnavailableException("There is no room for more reports.");
            }
            // Not cancelled half-way: a line is whole or not there.
            await file.WriteAsync(line, CancellationToken.None).ConfigureAwait(false);
            _full = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failed(exception);
            throw new MatchmakerUnavailableException("The report could not be recorded.", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _sweeper?.Dispose();
        _file?.Dispose();
        _gate.Dispose();
    }

    // Null when there is no room.
    private FileStream? Open(int more)
    {
        DataFolder.Ensure(_folder);
        if (_file is not null && !File.Exists(FilePath(0)))
        {
            // Taken away by whoever reads reports; what is written to it now would be lost.
            Close();
        }
        if (_file is null)
        {
            _file = DataFolder.AppendOwnerOnly(FilePath(0));
            if (_file.Length > 0 && !EndsInLineBreak())
            {
                // A process died in the middle of a line; what follows must not be glued to it.
                _file.WriteByte((byte)'\n');
            }
        }
        if (_file.Length > 0 && _file.Length + more > _options.MaxFileBytes)
        {
            Close();
            Sweep();
            if (!TryRotate())
            {
                return null;
            }
            _file = DataFolder.AppendOwnerOnly(FilePath(0));
        }
        return _file;
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private bool EndsInLineBreak()
    {
        using var reader = new FileStream(FilePath(0), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        reader.Seek(-1, SeekOrigin.End);
        return reader.ReadByte() == '\n';
    }

    private bool TryRotate()
    {
        for (var free = 0; free < _options.MaxFiles; free++)
        {
            if (!File.Exists(FilePath(free)))
            {
                for (var i = free; i > 0; i--)
                {
                    File.Move(FilePath(i - 1), FilePath(i));
                }
                return true;
            }
        }
        return false;
    }

    private void OnSweep()
    {
        // A write under way sweeps by itself when it needs room; an hour later is soon enough for the rest.
        if (_gate.Wait(0))
        {
            try
            {
                Sweep();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Failed(exception);
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    private void Sweep()
    {
        if (_options.KeepDays == 0)
        {
            return;
        }
        var oldest = _time.GetUtcNow() - TimeSpan.FromDays(_options.KeepDays);
        for (var i = 0; i < _options.MaxFiles; i++)
        {
            var file = new FileInfo(FilePath(i));
            if (file.Exists && file.LastWriteTimeUtc < oldest)
            {
                if (i == 0)
                {
                    Close();
                }
                file.Delete();
            }
        }
    }

    private string FilePath(int age) => Path.Combine(
        _folder, age == 0 ? "reports.jsonl" : string.Create(CultureInfo.InvariantCulture, $"reports.{age}.jsonl"));

    private void Failed(Exception exception)
    {
        Close();
        _instruments.ReportFailed();
        if (_loggedAt is not { } logged || _time.GetElapsedTime(logged) >= LogInterval)
        {
            _loggedAt = _time.GetTimestamp();
            LogFailed(_logger, exception.Message);
        }
    }

    [LoggerMessage(1531, LogLevel.Error, "A report could not be recorded ({Cause}); its author was told.")]
    private static partial void LogFailed(ILogger logger, string cause);
}
