using System.Globalization;
using Camdiv.Matchmaking;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Redis;
using StackExchange.Redis;

namespace Camdiv.Silo.Reports;

/// <summary>
/// Reports as a Redis stream, which is trimmed to about <see cref="ReportStreamOptions.MaxLength"/> entries. A report is
/// taken into memory at once and written in the background; while Redis is away at most
/// <see cref="ReportStreamOptions.MaxPending"/> wait, the oldest go and are counted. A report whose write timed out is
/// written again: readers tell doubles by <c>id</c>. Thread-safe.
/// </summary>
public sealed partial class RedisReportSink : IReportSink, IHostedService, IDisposable
{
    private const int BatchSize = 100;
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(2);

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
    private long _dropped;
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

    /// <summary>Reports lost because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public ValueTask WriteAsync(Report report, CancellationToken cancellation)
    {
        var dropped = false;
        lock (_gate)
        {
            if (_pending.Count >= _options.MaxPending)
            {
                _pending.Dequeue();
                dropped = true;
            }
            _pending.Enqueue(report);
        }
        if (dropped)
        {
            CountDropped(1);
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
            CountDropped(left);
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
                await _arrived.WaitAsync(_stopping.Token).ConfigureAwait(false);
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
            await Task.WhenAll(batch.Select(report => redis.StreamAddAsync(
                _options.Stream, Fields(report), maxLength: _options.MaxLength, useApproximateMaxLength: true)))
                .ConfigureAwait(false);
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

    // While the batch was under way its oldest may have been dropped to make room.
    private void Forget(Report[] written)
    {
        var ids = written.Select(report => report.Id).ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            while (_pending.TryPeek(out var head) && ids.Contains(head.Id))
            {
                _pending.Dequeue();
            }
        }
    }

    private void CountDropped(int count)
    {
        _instruments.ReportsDropped(count);
        if (Interlocked.Add(ref _dropped, count) == count)
        {
            LogDropping(_logger, _options.MaxPending);
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
