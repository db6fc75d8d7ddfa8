using System.Collections.Concurrent;
using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Camdiv.Grains;

/// <summary>
/// The cluster engine as a gateway uses it. The gateway's sessions live here, with their sockets: the liveness check is
/// local, frames go straight to the peer's gateway, and no grain is on the way of either. Grains pair (queues) and
/// remember (directory, blocks); all they know is derived from here and sent again when lost.
/// </summary>
public sealed partial class ClusterMatchmaker : IMatchmaker, ISessionPorts, IDisposable
{
    // Longer than a gateway takes to be declared dead, so that what it will never answer is given up before.
    private static readonly TimeSpan MostDraining = TimeSpan.FromSeconds(5);

    private readonly MatchmakingOptions _rules;
    private readonly ClusterOptions _options;
    private readonly GatewayServiceClient _gateways;
    private readonly IClusterMembershipService _membership;
    private readonly Matchmakers _matchmakers;
    private readonly MatchmakerWatch _watch;
    private readonly LocalGateway _local;
    private readonly ClusterInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly Clock _clock;
    private readonly ILogger<ClusterMatchmaker> _logger;
    private readonly QueueFeeder[] _queues;
    private readonly DirectoryFeeder _directory;
    private readonly BlockFeeder _blocks;
    private readonly SessionFinder _finder;
    private readonly ConcurrentDictionary<HostId, PeerStream> _streams = new();
    private readonly ConcurrentDictionary<HostId, long> _received = new();
    private readonly ConcurrentDictionary<UserId, Departure> _moved = new();
    private readonly Arrivals _arrivals;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ClusterStats _stats;
    private Task _running = Task.CompletedTask;
    private volatile bool _started;

    /// <summary>Creates the engine; <see cref="Start"/> connects it to the cluster.</summary>
    public ClusterMatchmaker(
        IOptions<MatchmakingOptions> rules,
        IOptions<ClusterOptions> options,
        ILocalSiloDetails silo,
        IGrainFactory grains,
        GatewayServiceClient gateways,
        IClusterMembershipService membership,
        Matchmakers matchmakers,
        LocalGateway local,
        ClusterInstruments instruments,
        IReportSink reports,
        TimeProvider time,
        Clock clock,
        ILogger<ClusterMatchmaker> logger)
    {
        _rules = rules.Value;
        _options = options.Value;
        _gateways = gateways;
        _membership = membership;
        _matchmakers = matchmakers;
        _local = local;
        _instruments = instruments;
        _time = time;
        _clock = clock;
        _logger = logger;
        Host = new SessionHost(HostIds.Of(silo.SiloAddress), _rules, _clock, new IdSource(), this, reports)
        {
            EffectFailed = LogEffectFailed,
        };
        _queues = [.. Enum.GetValues<ChatType>().Select(chat =>
            new QueueFeeder(chat, Host, grains, matchmakers, _options, instruments, time, _stopping.Token, logger))];
        _directory = new DirectoryFeeder(Host, grains, matchmakers, _options, instruments, time, logger);
        _blocks = new BlockFeeder(grains, _options, instruments);
        _finder = new SessionFinder(
            Host, Adopt, _directory, gateways, grains, matchmakers, _blocks, _options, instruments, time, logger);
        _arrivals = new Arrivals(_finder.BringAsync);
        _stats = new ClusterStats(gateways, () => LocalStats, time);
        _watch = new MatchmakerWatch(matchmakers, SendAgain, time, logger);
    }

    /// <inheritdoc/>
    public bool IsReady => _started && _matchmakers.AreThere;

    /// <summary>This gateway's sessions.</summary>
    public SessionHost Host { get; }

    /// <summary>What this gateway counts.</summary>
    public GatewayStats LocalStats
    {
        get
        {
            var stats = Host.Stats;
            return new GatewayStats
            {
                Host = Host.Self,
                Online = stats.Online,
                SearchingVideo = stats.SearchingVideo,
                SearchingAudio = stats.SearchingAudio,
                SearchingText = stats.SearchingText,
                Rooms = stats.Rooms,
            };
        }
    }

    /// <summary>Begins to serve: the silo is active.</summary>
    public void Start()
    {
        _local.Host = Host;
        _started = true;
        _running = Task.WhenAll(
            Task.Run(() => _directory.RunAsync(_stopping.Token)),
            Task.Run(RenewAsync),
            Task.Run(() => _watch.RunAsync(_stopping.Token)),
            Task.Run(WatchMembershipAsync));
    }

    /// <summary>
    /// Stops serving: sessions whose clients have not gone elsewhere yet are handed to another gateway. Where there is none,
    /// a last copy of each stays in the directory.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        _started = false;
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await HandOverAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_streams.Values.Select(stream => stream.DrainedAsync())).WaitAsync(MostDraining, _time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public ValueTask<MatchmakerStats> GetStatsAsync(CancellationToken cancellation) => _stats.GetAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        Host.Dispose();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_options.RenewMs / 4.0), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                foreach (var queue in _queues)
                {
                    queue.Renew(atOnce: false);
                }
                _blocks.Retry();
                ForgetMoved();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>On every membership change: peers of a dead gateway are away, and what a dead silo knew is sent again.</summary>
    private async Task WatchMembershipAsync()
    {
        var ends = new SiloEnds();
        try
        {
            await foreach (var snapshot in _membership.MembershipUpdates.WithCancellation(_stopping.Token).ConfigureAwait(false))
            {
                foreach (var (member, unforeseen) in ends.Look(snapshot))
                {
                    var host = HostIds.Of(member.SiloAddress);
                    if (unforeseen)
                    {
                        LogSiloLost(member.Name, host);
                    }
                    Host.HostLost(host);
                    _streams.TryRemove(host, out _);
                    _received.TryRemove(host, out _);
                }
                _gateways.Prune();
                SendAgain();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void SendAgain()
    {
        _directory.RenewAll();
        foreach (var queue in _queues)
        {
            queue.Renew(atOnce: true);
        }
    }

    [LoggerMessage(3601, LogLevel.Warning, "Silo {Silo} ({Host}) is dead; its users are away until they resume here or elsewhere.")]
    private partial void LogSiloLost(string silo, HostId host);

    [LoggerMessage(3602, LogLevel.Error, "An effect of a session could not be carried out; the gateway goes on.")]
    private partial void LogEffectFailed(Exception failure);
}
