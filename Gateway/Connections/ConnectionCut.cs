using Microsoft.AspNetCore.Connections.Features;

namespace Camdiv.Gateway.Connections;

/// <summary>Cuts connections that do not end by themselves.</summary>
internal static class ConnectionCut
{
    /// <summary>Aborts a connection that is not closed by then.</summary>
    /// <param name="connection">The connection's own switch, not a request's.</param>
    /// <param name="timeout">How long what is on its way may take to leave.</param>
    /// <param name="time">The clock.</param>
    public static void After(IConnectionLifetimeFeature connection, TimeSpan timeout, TimeProvider time) =>
        _ = Task.Delay(timeout, time, connection.ConnectionClosed).ContinueWith(
            static (_, state) => ((IConnectionLifetimeFeature)state!).Abort(),
            connection,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
