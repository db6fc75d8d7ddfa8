using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// Reports as JSON Lines in <c>reports.jsonl</c>. A full file becomes <c>reports.1.jsonl</c>, that one
/// <c>reports.2.jsonl</c> and so on; the oldest goes. Thread-safe.
/// </summary>
internal sealed partial class ReportFile : IReportSink, IDisposable
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly ReportOptions _options;
    private readonly GatewayInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<ReportFile> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FileStream? _file;
    private long? _loggedAt;

    public ReportFile(
        string folder, ReportOptions options, GatewayInstruments instruments, TimeProvider time, ILogger<ReportFile> logger)
    {
        _folder = folder;
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
    }

    public async ValueTask WriteAsync(Report report, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new ReportLine(
                report.At,
                report.Id,
                report.Reporter.Value,
                report.Reported.Value,
                report.Room.Value,
                Protocol.ProtocolWords.Of(report.Chat),
                report.Reason),
            ReportJson.Default.ReportLine);
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var file = Open(json.Length + 1);
            // Not cancelled half-way: a line is whole or not there.
            await file.WriteAsync((byte[])[.. json, (byte)'\n'], CancellationToken.None).ConfigureAwait(false);
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
        _file?.Dispose();
        _gate.Dispose();
    }

    private FileStream Open(int more)
    {
        DataFolder.Ensure(_folder);
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
            _file.Dispose();
            _file = null;
            Rotate();
            _file = DataFolder.AppendOwnerOnly(FilePath(0));
        }
        return _file;
    }

    private bool EndsInLineBreak()
    {
        using var reader = new FileStream(FilePath(0), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        reader.Seek(-1, SeekOrigin.End);
        return reader.ReadByte() == '\n';
    }

    private void Rotate()
    {
        File.Delete(FilePath(_options.MaxFiles - 1));
        for (var i = _options.MaxFiles - 2; i >= 0; i--)
        {
            if (File.Exists(FilePath(i)))
            {
                File.Move(FilePath(i), FilePath(i + 1), overwrite: true);
            }
        }
    }

    private string FilePath(int age) => Path.Combine(
        _folder, age == 0 ? "reports.jsonl" : string.Create(CultureInfo.InvariantCulture, $"reports.{age}.jsonl"));

    private void Failed(Exception exception)
    {
        _file?.Dispose();
        _file = null;
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

internal sealed record ReportLine(
    DateTimeOffset Time, string Id, string Reporter, string Reported, string Room, string Chat, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReportLine))]
internal sealed partial class ReportJson : JsonSerializerContext;
