using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

/// <summary>
/// Tells the operator, once each, that a gateway waits for its first matchmaker, that the last one went and that one is
/// back; and the engine that one is there.
/// </summary>
internal sealed partial class MatchmakerWatch(Matchmakers matchmakers, Action arrived, TimeProvider time, ILogger logger)
{
    // When all nodes start at once, or a gateway has not yet heard what its matchmakers host, there is nothing to tell.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private bool _seen;
    private bool _there;
    private long _goneAt;

    /// <summary>Watches until <paramref name="stopping"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        Look();
        var following = matchmakers.FollowAsync(Look, stopping);
        await Task.Delay(Moment, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (!_seen && !stopping.IsCancellationRequested)
            {
                LogWaiting();
            }
        }
        await following.ConfigureAwait(false);
    }

    private void Look()
    {
        lock (_gate)
        {
            var there = matchmakers.AreThere;
            if (there == _there)
            {
                return;
            }
            _there = there;
            if (!there)
            {
                _goneAt = time.GetTimestamp();
                LogGone();
                return;
            }
            if (_seen)
            {
                LogBack(time.GetElapsedTime(_goneAt).TotalSeconds);
            }
            _seen = true;
        }
        arrived();
    }

    [LoggerMessage(3801, LogLevel.Information,
        "Waiting for a matchmaker: this gateway takes no clients until a silo that hosts queues is active.")]
    private partial void LogWaiting();

    [LoggerMessage(3802, LogLevel.Warning,
        "The last matchmaker is gone. This gateway keeps its clients, takes no new ones and pairs nobody until one is back.")]
    private partial void LogGone();

    [LoggerMessage(3803, LogLevel.Information,
        "A matchmaker is back after {Seconds:f1} s; sessions and searching users are sent to it.")]
    private partial void LogBack(double seconds);
}
