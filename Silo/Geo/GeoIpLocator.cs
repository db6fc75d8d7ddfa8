using System.Net;
using Camdiv.Gateway.Ice;
using Camdiv.Silo.Configuration;

namespace Camdiv.Silo.Geo;

/// <summary>
/// Places clients by a GeoIP2 City database. The file is looked at every few seconds and loaded again when it changed; a
/// missing or torn one is told of once, the last good one stays in use, and without any the next locator is asked.
/// </summary>
public sealed partial class GeoIpLocator : IClientLocator, IHostedService, IDisposable
{
    private readonly string _path;
    private readonly GeoIpOptions _options;
    private readonly SiloInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<GeoIpLocator> _logger;
    private readonly Lock _loading = new();
    private GeoDatabase? _database;
    private ITimer? _timer;
    private FileStamp? _tried;
    private FileStamp? _seen;
    private bool _toldMissing;
    private int _toldDamaged;

    /// <summary>Creates the locator; the file is loaded by <see cref="StartAsync"/>.</summary>
    public GeoIpLocator(
        GeoIpOptions options,
        IHostEnvironment environment,
        SiloInstruments instruments,
        TimeProvider time,
        ILogger<GeoIpLocator> logger)
    {
        _path = Path.GetFullPath(options.DatabasePath, environment.ContentRootPath);
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
    }

    /// <summary>The database in use.</summary>
    internal GeoDatabase? Database => Volatile.Read(ref _database);

    /// <inheritdoc/>
    public GeoPoint? Locate(IPAddress address, int? utcOffsetMinutes)
    {
        while (Volatile.Read(ref _database) is { } database)
        {
            // A failed entry means that this one was replaced just now.
            if (!database.TryEnter())
            {
                continue;
            }
            try
            {
                return database.Find(address);
            }
            catch (Exception exception) when (IsDamage(exception))
            {
                if (Interlocked.Exchange(ref _toldDamaged, 1) == 0)
                {
                    LogDamaged(_logger, _path, exception.Message);
                }
                return null;
            }
            finally
            {
                database.Leave();
            }
        }
        return null;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromMilliseconds(_options.PollIntervalMs);
        Look(settled: true);
        _timer = _time.CreateTimer(_ => Look(settled: false), null, interval, interval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        Interlocked.Exchange(ref _database, null)?.Leave();
    }

    /// <summary>Loads the file if it changed. A file that is still being copied changes from look to look and waits.</summary>
    /// <param name="settled">Takes the file as it is, without a second look.</param>
    private void Look(bool settled)
    {
        lock (_loading)
        {
            var stamp = FileStamp.Of(_path);
            var steady = settled || stamp == _seen;
            _seen = stamp;
            if (stamp is null)
            {
                TellMissing();
            }
            else if (steady && stamp != _tried)
            {
                _tried = stamp;
                _toldMissing = false;
                Load();
            }
        }
    }

    private void Load()
    {
        try
        {
            var fresh = GeoDatabase.Load(_path);
            Interlocked.Exchange(ref _toldDamaged, 0);
            Interlocked.Exchange(ref _database, fresh)?.Leave();
            _instruments.GeoIpLoaded(succeeded: true);
            LogLoaded(_logger, _path, fresh.Description);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            _instruments.GeoIpLoaded(succeeded: false);
            LogRefused(_logger, _path, exception.Message, Kept);
        }
    }

    private void TellMissing()
    {
        _tried = null;
        if (!_toldMissing)
        {
            _toldMissing = true;
            LogMissing(_logger, _path, Kept);
        }
    }

    private string Kept => _database is null
        ? "clients are placed by their UTC offset meanwhile"
        : "the database loaded before stays in use";

    // What the reader throws on damaged bytes is no family: index, cast, overflow and its own. All mean the same here.
    private static bool IsDamage(Exception exception) => exception is not OutOfMemoryException;

    private sealed record FileStamp(long Length, DateTime ChangedAt)
    {
        public static FileStamp? Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc) : null;
        }
    }
}
