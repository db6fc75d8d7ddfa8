using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections.Framing;

namespace Camdiv.Gateway.Connections;

/// <summary>Reminds all sockets of the clock, by one timer for all of them: there are many, and most of them idle.</summary>
internal sealed class KeepAlive(ConnectionRegistry registry, GatewayOptions options, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(1);

    private ITimer? _timer;

    /// <summary>What the sockets go by.</summary>
    public static KeepAliveTimes Times(GatewayOptions options) => new(
        TimeSpan.FromMilliseconds(options.PingIntervalMs), TimeSpan.FromMilliseconds(options.SilenceTimeoutMs));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var look = Look(options);
        _timer = time.CreateTimer(static registry => ((ConnectionRegistry)registry!).Tick(), registry, look, look);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    // A quarter of the shortest time that is to be told: late by that much, at most.
    internal static TimeSpan Look(GatewayOptions options)
    {
        var shortest = Math.Min(options.PingIntervalMs, options.SilenceTimeoutMs - options.PingIntervalMs);
        var look = TimeSpan.FromMilliseconds(shortest / 4);
        return look < Least ? Least : look > Most ? Most : look;
    }
}
