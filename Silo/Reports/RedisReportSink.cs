using System.Globalization;
using Camdiv.Matchmaking;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using StackExchange.Redis;

namespace Camdiv.Silo.Reports;

/// <summary>
/// Reports as a Redis stream of about <see cref="ReportStreamOptions.MaxLength"/> entries. A report is taken into memory at
/// once and written in the background; while Redis is away at most <see cref="ReportStreamOptions.MaxPending"/> wait. No
/// report is dropped to make room: when stream or memory are full, new ones are refused. A report whose write timed out is
/// written again: readers tell doubles by <c>id</c>. Thread-safe.
/// </summary>
public sealed partial class RedisReportSink : IReportStore, IHostedService, IDisposable
{
    private const int BatchSize = 100;
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromHours(1);

    private readonly Func<IDatabase> _redis;
    private readonly ReportStreamOptions _options;
    private readonly SiloInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisReportSink> _logger;
    private readonly Lock _gate = new();
    private readonly Queue<Report> _pending = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private Task _pump = Task.CompletedTask;
    private long _length;
    private long? _trimmedAt;
    private bool _failing;

    /// <summary>Creates the sink on a node's Redis.</summary>
    public RedisReportSink(
        RedisLink redis,
        ReportStreamOptions options,
        SiloInstruments instruments,
        TimeProvider time,
        ILogger<RedisReportSink> logger)
    {
        _redis = () => redis.Database;
        _options = options;
        _instruments = instruments;
        _time = time;
        _logger = logger;
        instruments.Pending = () => Pending;
    }

    /// <summary>Reports that wait to be written.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count;
            }
        }
    }

    /// <inheritdoc/>
    public double Fill
    {
        get
        {
            lock (_gate)
            {
                var stream = (double)(_length + _pending.Count) / _options.MaxLength;
                return Math.Min(1, Math.Max(stream, (double)_pending.Count / _options.MaxPending));
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Report report, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_pending.Count >= _options.MaxPending || _length + _pending.Count >= _options.MaxLength)
            {
                throw new MatchmakerUnavailableException("There is no room for more reports.");
            }
            _pending.Enqueue(report);
        }
        _arrived.Release();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _pump = PumpAsync();
        return Task.CompletedTask;
    }

    /// <summary>Writes what is left, for two seconds at most.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        using var limit = new CancellationTokenSource(LastFlush, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (Pending > 0 && await TryWriteBatchAsync().WaitAsync(both.Token).ConfigureAwait(false))
            {
                // The next batch.
            }
        }
        catch (OperationCanceledException)
        {
            // Counted below.
        }
        var left = Pending;
        if (left > 0)
        {
            _instruments.ReportsDropped(left);
            LogLeftBehind(_logger, left);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _arrived.Dispose();
        _stopping.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await MeasureAsync().ConfigureAwait(false);
                await _arrived.WaitAsync(Look, _stopping.Token).ConfigureAwait(false);
                while (Pending > 0)
                {
                    if (!await TryWriteBatchAsync().ConfigureAwait(false))
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(_options.RetryMs), _time, _stopping.Token)
                            .ConfigureAwait(false);
                    }
                    _stopping.Token.ThrowIfCancellationRequested();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; StopAsync writes what is left.
        }
    }

    private async Task<bool> TryWriteBatchAsync()
    {
        Report[] batch;
        lock (_gate)
        {
            batch = [.. _pending.Take(BatchSize)];
        }
        try
        {
            var redis = _redis();
            await Task.WhenAll(batch.Select(report => redis.StreamAddAsync(_options.Stream, Fields(report)))).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            _instruments.ReportWriteFailed();
            if (!_failing)
            {
                _failing = true;
                LogFailing(_logger, exception.Message, _options.MaxPending);
            }
            return false;
        }
        Forget(batch);
        _instruments.ReportsWritten(batch.Length);
        if (_failing)
        {
            _failing = false;
            LogRecovered(_logger, Pending);
        }
        return true;
    }

    // Other gateways write to the stream, too, and operators take out what they have read.
    private async Task MeasureAsync()
    {
        try
        {
            var redis = _redis();
            if (_options.KeepDays > 0 && (_trimmedAt is not { } at || _time.GetElapsedTime(at) >= TrimInterval))
            {
                var oldest = (_time.GetUtcNow() - TimeSpan.FromDays(_options.KeepDays)).ToUnixTimeMilliseconds();
                await redis.ExecuteAsync("XTRIM", _options.Stream, "MINID", oldest).ConfigureAwait(false);
                _trimmedAt = _time.GetTimestamp();
            }
            var length = await redis.StreamLengthAsync(_options.Stream).ConfigureAwait(false);
            lock (_gate)
            {
                _length = length;
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // What was known before holds until Redis is back; a failing write tells of it.
        }
    }

    private void Forget(Report[] written)
    {
        lock (_gate)
        {
            _length += written.Length;
            for (var i = 0; i < written.Length; i++)
            {
                _pending.Dequeue();
            }
        }
    }

    private static NameValueEntry[] Fields(Report report) =>
    [
        new("id", report.Id),
        new("at", report.At.ToString("O", CultureInfo.InvariantCulture)),
        new("reporter", report.Reporter.Value),
        new("reported", report.Reported.Value),
        new("room", report.Room.Value),
        new("chat", report.Chat.ToString().ToLowerInvariant()),
        new("reason", report.Reason),
    ];
}
