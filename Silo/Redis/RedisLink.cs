using System.Net;
using Camdiv.Silo.Configuration;
using StackExchange.Redis;

namespace Camdiv.Silo.Redis;

/// <summary>
/// This node's one connection to Redis, shared by membership, storage, reports and session key. It reconnects by itself;
/// while it is away every command fails at once instead of piling up in memory. Thread-safe.
/// </summary>
public sealed partial class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private long? _lostAt;
    private volatile bool _ending;

    private RedisLink(ConnectionMultiplexer multiplexer, ConfigurationOptions options, TimeProvider time, ILogger logger)
    {
        Multiplexer = multiplexer;
        Options = options;
        _time = time;
        _logger = logger;
        multiplexer.ConnectionFailed += (_, _) => Watch();
        multiplexer.ConnectionRestored += (_, _) => Watch();
    }

    /// <summary>The connection.</summary>
    public IConnectionMultiplexer Multiplexer { get; }

    /// <summary>What it was made from.</summary>
    public ConfigurationOptions Options { get; }

    /// <summary>The database.</summary>
    public IDatabase Database => Multiplexer.GetDatabase();

    /// <summary>Connects, trying again until it works or <see cref="RedisOptions.StartTimeoutMs"/> is over.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where the wait is told of.</param>
    /// <param name="cancellation">Gives up earlier.</param>
    /// <exception cref="RedisUnavailableException">Redis did not answer in time.</exception>
    public static async Task<RedisLink> ConnectAsync(
        RedisOptions options, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        if (!options.TryParse(out var configuration))
        {
            throw new ArgumentException("The connection string is not valid.", nameof(options));
        }
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry((int)Pause.TotalMilliseconds);
        configuration.ClientName ??= "camdiv";
        var endPoints = string.Join(',', configuration.EndPoints.Select(Show));
        var timeout = TimeSpan.FromMilliseconds(options.StartTimeoutMs);
        var begun = time.GetTimestamp();
        long? toldAt = null;
        while (true)
        {
            var (multiplexer, problem) = await TryConnectAsync(configuration).ConfigureAwait(false);
            if (multiplexer is not null)
            {
                return new RedisLink(multiplexer, configuration, time, logger);
            }
            var waited = time.GetElapsedTime(begun);
            if (waited >= timeout)
            {
                throw new RedisUnavailableException(endPoints, waited, problem);
            }
            if (toldAt is not { } told || time.GetElapsedTime(told) >= LogInterval)
            {
                toldAt = time.GetTimestamp();
                LogWaiting(logger, endPoints, problem, (int)(timeout - waited).TotalSeconds);
            }
            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _ending = true;
        return Multiplexer.DisposeAsync();
    }

    private static async Task<(ConnectionMultiplexer? Multiplexer, string Problem)> TryConnectAsync(
        ConfigurationOptions configuration)
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        try
        {
            await multiplexer.GetDatabase().PingAsync().ConfigureAwait(false);
            return (multiplexer, "");
        }
        catch (RedisException exception)
        {
            await multiplexer.DisposeAsync().ConfigureAwait(false);
            return (null, Innermost(exception).Message);
        }
    }

    private static Exception Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception;

    private static string Show(EndPoint endPoint) =>
        endPoint is DnsEndPoint dns ? FormattableString.Invariant($"{dns.Host}:{dns.Port}") : $"{endPoint}";

    // Each server has two connections and each tells of itself: what counts is whether the link as a whole works.
    private void Watch()
    {
        lock (_gate)
        {
            var connected = Multiplexer.IsConnected;
            if (!connected && _lostAt is null && !_ending)
            {
                _lostAt = _time.GetTimestamp();
                LogLost(_logger);
            }
            else if (connected && _lostAt is { } lostAt)
            {
                _lostAt = null;
                LogRestored(_logger, _time.GetElapsedTime(lostAt).TotalSeconds);
            }
        }
    }
}

/// <summary>Redis did not answer while the node started.</summary>
public sealed class RedisUnavailableException(string endPoints, TimeSpan waited, string problem)
    : Exception(FormattableString.Invariant(
        $"Redis at {endPoints} (Redis:ConnectionString) did not answer within {waited.TotalSeconds:f0} s: {problem}"));
