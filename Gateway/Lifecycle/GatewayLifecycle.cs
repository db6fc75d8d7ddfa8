using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Lifecycle;

/// <summary>
/// Whether this gateway takes clients, and how it goes down: not ready first, then every client told to reconnect, then
/// closed. Runs by itself when the host stops, before any other service does; a cluster may call it earlier.
/// </summary>
public sealed partial class GatewayLifecycle : IHostedLifecycleService
{
    private readonly IMatchmaker _matchmaker;
    private readonly ConnectionRegistry _registry;
    private readonly DrainOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<GatewayLifecycle> _logger;
    private readonly Lock _gate = new();
    private Task? _drain;
    private volatile bool _started;
    private volatile bool _draining;

    internal GatewayLifecycle(
        IMatchmaker matchmaker, ConnectionRegistry registry, DrainOptions options, TimeProvider time, ILogger<GatewayLifecycle> logger)
    {
        _matchmaker = matchmaker;
        _registry = registry;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>True from the end of the host's start to the beginning of a drain, while the engine can pair.</summary>
    public bool IsReady => _started && !_draining && _matchmaker.IsReady;

    /// <summary>Whether clients are being sent elsewhere.</summary>
    public bool IsDraining => _draining;

    /// <summary>
    /// Stops taking clients, sends each <c>draining</c> with its own waiting time, closes it with 1012, and cuts those
    /// that do not go within <c>Gateway:Drain:TimeoutMs</c>. Later calls return the first one's task. Does not throw.
    /// </summary>
    public Task DrainAsync(CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            _draining = true;
            return _drain ??= DrainOnceAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken)
    {
        _started = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => DrainAsync(cancellationToken);

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DrainOnceAsync(CancellationToken cancellation)
    {
        // Leaves the caller's lock before anything is sent.
        await Task.Yield();
        var (told, cut) = await _registry.DrainAsync(
            () => Random.Shared.Next(_options.RetryMinMs, _options.RetryMaxMs + 1),
            TimeSpan.FromMilliseconds(_options.TimeoutMs),
            _time,
            cancellation).ConfigureAwait(false);
        LogDrained(_logger, told, cut);
    }

    [LoggerMessage(1401, LogLevel.Information, "Drained: {Told} clients told to reconnect, {Cut} connections cut.")]
    private static partial void LogDrained(ILogger logger, int told, int cut);
}
