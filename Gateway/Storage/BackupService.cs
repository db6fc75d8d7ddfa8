using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// Restores the backup before the host listens, then writes changes in the background until it stops. A failing disk is
/// logged, counted and tried again, and stops nothing.
/// </summary>
internal sealed partial class BackupService : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan MostBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly BackupOptions _options;
    private readonly GatewayInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<BackupService> _logger;
    private readonly Backup _backup;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private TimeSpan _backoff;
    private long _failedAt;
    private long? _loggedAt;

    public BackupService(
        IBackupSource source,
        string folder,
        JournalDisk disk,
        BackupOptions options,
        GatewayInstruments instruments,
        TimeProvider time,
        ILogger<BackupService> logger)
    {
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
        _backup = new Backup(source, folder, disk, time, logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _backup.Restore();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = RunAsync();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes the last changes; by now no client is connected.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop;
        Flush();
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _backup.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_options.FlushIntervalMs), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                if (_backoff == TimeSpan.Zero || _time.GetElapsedTime(_failedAt) >= _backoff)
                {
                    Flush();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; StopAsync writes what is left.
        }
    }

    private void Flush()
    {
        var (journal, failure) = _backup.Flush();
        if (failure is null)
        {
            if (_backoff > TimeSpan.Zero)
            {
                LogRecovered(_logger);
            }
            _backoff = TimeSpan.Zero;
            _loggedAt = null;
            return;
        }
        _instruments.BackupFailed(journal!);
        _failedAt = _time.GetTimestamp();
        var next = TimeSpan.FromMilliseconds(Math.Max(_options.FlushIntervalMs, _backoff.TotalMilliseconds * 2));
        _backoff = next < MostBackoff ? next : MostBackoff;
        if (_loggedAt is not { } logged || _time.GetElapsedTime(logged) >= LogInterval)
        {
            _loggedAt = _failedAt;
            LogFailed(_logger, journal!, failure.Message);
        }
    }

    [LoggerMessage(1521, LogLevel.Warning,
        "The backup journal {Journal} cannot be written ({Cause}). Matching goes on in memory; a restart now would lose "
        + "queue places and rooms. Tried again until it works.")]
    private static partial void LogFailed(ILogger logger, string journal, string cause);

    [LoggerMessage(1522, LogLevel.Information, "The backup is written again.")]
    private static partial void LogRecovered(ILogger logger);
}
