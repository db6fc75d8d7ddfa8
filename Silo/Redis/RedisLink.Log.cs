namespace Camdiv.Silo.Redis;

public sealed partial class RedisLink
{
    [LoggerMessage(4101, LogLevel.Warning,
        "Redis at {EndPoints} does not answer ({Cause}). Starting waits for it, {SecondsLeft} s more.")]
    private static partial void LogWaiting(ILogger logger, string endPoints, string cause, int secondsLeft);

    [LoggerMessage(4102, LogLevel.Warning,
        "Redis is lost. Matching goes on; nodes cannot join or leave, reports and blocks wait in memory.")]
    private static partial void LogLost(ILogger logger);

    [LoggerMessage(4104, LogLevel.Warning,
        "Redis at {EndPoints} asks for no password (Redis:ConnectionString). It is this machine's own, so the session key is kept there all the same; configure Session:Keys, or a password, before others share the machine.")]
    private static partial void LogOpenOnLoopback(ILogger logger, string endPoints);

    [LoggerMessage(4103, LogLevel.Information, "Redis is back after {Seconds:f1} s.")]
    private static partial void LogRestored(ILogger logger, double seconds);
}
