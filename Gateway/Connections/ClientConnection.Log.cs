namespace Camdiv.Gateway.Connections;

internal sealed partial class ClientConnection
{
    [LoggerMessage(1001, LogLevel.Debug, "A connection was lost: {Cause}.")]
    private static partial void LogLost(ILogger logger, string cause);

    [LoggerMessage(1002, LogLevel.Error, "The engine failed to take a connection.")]
    private static partial void LogConnectFailed(ILogger logger, Exception exception);

    [LoggerMessage(1003, LogLevel.Error, "The engine failed to let go of a connection.")]
    private static partial void LogDetachFailed(ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Error,
        "A connection failed for a reason nobody foresaw and was closed with 1011. Not logged again; see camdiv.gateway.connection_faults.")]
    private static partial void LogFaulted(ILogger logger, Exception exception);
}
