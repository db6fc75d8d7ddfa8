using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Camdiv.Silo.Configuration;
using Camdiv.Silo.Security;
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

    /// <summary>Where it is, for people.</summary>
    public string EndPoints => string.Join(',', Options.EndPoints.Select(Show));

    /// <summary>Whether every end point is this very machine's.</summary>
    public bool IsLoopback => Options.EndPoints.All(endPoint => endPoint switch
    {
        IPEndPoint ip => PrivateNetwork.IsLoopback(ip.Address),
        DnsEndPoint dns => string.Equals(dns.Host, "localhost", StringComparison.OrdinalIgnoreCase),
        UnixDomainSocketEndPoint => true,
        _ => false,
    });

    /// <summary>The database.</summary>
    public IDatabase Database => Multiplexer.GetDatabase();

    /// <summary>Connects, trying again until it works or <see cref="RedisOptions.StartTimeoutMs"/> is over.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="root">Folder that relative paths of files are of.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where the wait is told of.</param>
    /// <param name="cancellation">Gives up earlier.</param>
    /// <exception cref="RedisUnavailableException">Redis did not answer in time.</exception>
    public static async Task<RedisLink> ConnectAsync(
        RedisOptions options, string root, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        if (!options.TryParse(out var configuration))
        {
            throw new ArgumentException("The connection string is not valid.", nameof(options));
        }
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry((int)Pause.TotalMilliseconds);
        configuration.ClientName ??= "camdiv";
        if (options.ReadAuthority(root) is { } authority)
        {
            configuration.CertificateValidation += (_, certificate, _, errors) => Trusts(authority, certificate, errors, time);
        }
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

    /// <summary>
    /// Whether Redis answers somebody who gives no password. It is tried, for a client's own password says nothing: a
    /// Redis without one takes any.
    /// </summary>
    /// <exception cref="RedisConnectionException">Redis does not answer at all.</exception>
    public async Task<bool> IsOpenAsync()
    {
        var anonymous = Options.Clone();
        anonymous.User = null;
        anonymous.Password = null;
        anonymous.AbortOnConnectFail = true;
        anonymous.ConnectRetry = 1;
        try
        {
            var stranger = await ConnectionMultiplexer.ConnectAsync(anonymous).ConfigureAwait(false);
            await using (stranger.ConfigureAwait(false))
            {
                _ = await stranger.GetDatabase().PingAsync().ConfigureAwait(false);
                return true;
            }
        }
        catch (RedisException exception) when (IsAuthentication(exception))
        {
            return false;
        }
    }

    /// <summary>Tells that a Redis of this machine asks for no password.</summary>
    internal void TellOpen() => LogOpenOnLoopback(_logger, EndPoints);

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

    private static bool Trusts(
        CertificateAuthority authority, X509Certificate? certificate, SslPolicyErrors errors, TimeProvider time)
    {
        // The name must fit in any case; who signed is what the machine cannot know.
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }
        using var copy = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        return authority.ProblemOf(copy, CertificateUse.Server, time) is null;
    }

    private static bool IsAuthentication(Exception? exception) => exception is not null
        && (exception is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
            || exception.Message.Contains("NOAUTH", StringComparison.Ordinal)
            || IsAuthentication(exception.InnerException));

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
