namespace Camdiv.Silo.Reports;

public sealed partial class RedisReportSink
{
    [LoggerMessage(4201, LogLevel.Warning,
        "Reports cannot be written to Redis ({Cause}); up to {Bound} wait in memory and are written when it is back.")]
    private static partial void LogFailing(ILogger logger, string cause, int bound);

    [LoggerMessage(4202, LogLevel.Information, "Reports are written again; {Pending} more wait.")]
    private static partial void LogRecovered(ILogger logger, int pending);

    [LoggerMessage(4204, LogLevel.Error, "{Count} reports are lost: this node stops and Redis does not take them.")]
    private static partial void LogLeftBehind(ILogger logger, int count);
}
