using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// Takes users' reports in, so many a day of each identity and network, and raises the alarm when the store has no room for
/// more. Thread-safe.
/// </summary>
internal sealed partial class ReportDesk : IReportSink
{
    private readonly IReportStore _store;
    private readonly ReportCounts _counts;
    private readonly GatewayInstruments _instruments;
    private readonly ILogger<ReportDesk> _logger;
    private int _full;

    public ReportDesk(
        IReportStore store, ReportOptions options, GatewayInstruments instruments, TimeProvider time, ILogger<ReportDesk> logger)
    {
        _store = store;
        _counts = new ReportCounts(options.PerIdentity, options.PerAddress, time);
        _instruments = instruments;
        _logger = logger;
        instruments.ReportFill = () => store.Fill;
    }

    public async ValueTask WriteAsync(Report report, CancellationToken cancellation)
    {
        if (_counts.Take(report.From, report.Reporter) is { } bound)
        {
            _instruments.ReportRefused(bound);
            throw new TooManyReportsException();
        }
        try
        {
            await _store.WriteAsync(report, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _full, 0);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _counts.GiveBack(report.From, report.Reporter);
            if (exception is MatchmakerUnavailableException && _store.Fill >= 1)
            {
                _instruments.ReportRefused("full");
                if (Interlocked.Exchange(ref _full, 1) == 0)
                {
                    LogFull(_logger);
                }
            }
            throw;
        }
    }

    [LoggerMessage(1541, LogLevel.Error,
        "There is no room for more users' reports: new ones are refused until those that were read are taken away.")]
    private static partial void LogFull(ILogger logger);
}
