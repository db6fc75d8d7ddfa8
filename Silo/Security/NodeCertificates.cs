using System.Security.Cryptography.X509Certificates;
using Camdiv.Silo.Configuration;

namespace Camdiv.Silo.Security;

/// <summary>
/// The certificate this process shows and the authority it trusts. The files are looked at every
/// <see cref="ClusterTlsOptions.PollIntervalMs"/>; renewed ones are used for handshakes from then on, and files that do not
/// fit together leave the last good ones in use. Thread-safe.
/// </summary>
internal sealed partial class NodeCertificates : IHostedService, IDisposable
{
    private static readonly TimeSpan TellBefore = TimeSpan.FromDays(14);
    private static readonly TimeSpan TellEvery = TimeSpan.FromHours(12);

    private readonly ClusterTlsOptions _options;
    private readonly string _root;
    private readonly CertificateUse _use;
    private readonly TimeProvider _time;
    private readonly Lock _looking = new();
    private ILogger _logger;
    private CertificateFiles _files;
    private string _tried;
    private string? _refused;
    private ITimer? _timer;
    private long? _toldAt;

    private NodeCertificates(ClusterTlsOptions options, string root, CertificateUse use, CertificateFiles files, TimeProvider time)
    {
        _options = options;
        _root = root;
        _use = use;
        _files = files;
        _tried = files.Stamp;
        _time = time;
        _logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
    }

    /// <summary>The certificate to show now.</summary>
    public X509Certificate2 Current => Volatile.Read(ref _files).Certificate;

    /// <summary>Reads the files; mistakes come as paths below the section and sentences, and there is no result.</summary>
    public static (NodeCertificates? Certificates, IReadOnlyList<(string Property, string Problem)> Problems) Read(
        ClusterTlsOptions options, string root, CertificateUse use, TimeProvider time)
    {
        if (!options.IsConfigured || options.Problems().Any())
        {
            return (null, []);
        }
        var (files, problems) = CertificateFiles.Read(options, root, use, time);
        return (files is null ? null : new NodeCertificates(options, root, use, files, time), problems);
    }

    /// <summary>Where renewals are told of.</summary>
    public NodeCertificates LogTo(ILogger logger)
    {
        _logger = logger;
        return this;
    }

    /// <summary>Why a certificate that somebody shows is not good for a use, or null when it is.</summary>
    public string? ProblemOf(X509Certificate2 certificate, CertificateUse use) =>
        Volatile.Read(ref _files).Authority.ProblemOf(certificate, use, _time);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromMilliseconds(_options.PollIntervalMs);
        TellOfTheEnd();
        _timer = _time.CreateTimer(_ => Look(), null, interval, interval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Only the timer: handshakes may still use the certificate.</summary>
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        lock (_looking)
        {
            var stamp = CertificateFiles.StampOf(_options, _root);
            if (stamp != _tried)
            {
                Renew(stamp);
            }
            TellOfTheEnd();
        }
    }

    // The one before is not disposed of: a handshake that began with it may still go on.
    private void Renew(string stamp)
    {
        var (files, problems) = CertificateFiles.Read(_options, _root, _use, _time);
        if (files is null)
        {
            // Tried again at the next look: a file may be on its way, or not valid yet. Told of once.
            if (stamp == _refused)
            {
                return;
            }
            _refused = stamp;
            LogRefused(_logger, string.Join("; ", problems.Select(p => $"{NodeOptions.Section}:{nameof(NodeOptions.Tls)}:{p.Property} {p.Problem}")));
            return;
        }
        Volatile.Write(ref _files, files);
        _tried = files.Stamp;
        _refused = null;
        _toldAt = null;
        LogRenewed(_logger, files.Certificate.Subject, files.Certificate.NotAfter.ToUniversalTime());
    }

    private void TellOfTheEnd()
    {
        var left = Current.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime;
        if (left < TellBefore && (_toldAt is not { } told || _time.GetElapsedTime(told) >= TellEvery))
        {
            _toldAt = _time.GetTimestamp();
            LogEnding(_logger, Current.Subject, left.TotalDays);
        }
    }

    [LoggerMessage(4401, LogLevel.Information, "Handshakes use the renewed certificate {Subject} from now on, valid until {End:u}.")]
    private static partial void LogRenewed(ILogger logger, string subject, DateTime end);

    [LoggerMessage(4402, LogLevel.Warning, "The certificate's files have changed and cannot be used; the last ones stay in use. {Problems}.")]
    private static partial void LogRefused(ILogger logger, string problems);

    [LoggerMessage(4403, LogLevel.Warning, "The certificate {Subject} is good for {Days:f1} more days; without a renewed one the node then reaches no other.")]
    private static partial void LogEnding(ILogger logger, string subject, double days);
}
