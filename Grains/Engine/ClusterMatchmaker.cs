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
    private readonly MatchmakingOptions _rules;
    private readonly ClusterOptions _options;
    private readonly GatewayServiceClient _gateways;
    private readonly IClusterMembershipService _membership;
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
    private readonly ConcurrentDictionary<UserId, (HostId To, long AtMs)> _moved = new();
    private readonly ConcurrentDictionary<UserId, int> _connecting = new();
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
        LocalGateway local,
        ClusterInstruments instruments,
        IReportSink reports,
        TimeProvider time,
        ILogger<ClusterMatchmaker> logger)
    {
        _rules = rules.Value;
        _options = options.Value;
        _gateways = gateways;
        _membership = membership;
        _local = local;
        _instruments = instruments;
        _time = time;
        _clock = new Clock(time);
        _logger = logger;
        Host = new SessionHost(HostIds.Of(silo.SiloAddress), _rules, _clock, new IdSource(), this, reports)
        {
            EffectFailed = LogEffectFailed,
        };
        _queues = [.. Enum.GetValues<ChatType>().Select(chat =>
            new QueueFeeder(chat, Host, grains, _options, instruments, time, _stopping.Token, logger))];
        _directory = new DirectoryFeeder(Host, grains, _options, instruments, time, logger);
        _blocks = new BlockFeeder(grains, _options, instruments);
        _finder = new SessionFinder(Host, _directory, gateways, grains, _blocks, _options, instruments, time, logger);
        _stats = new ClusterStats(gateways, () => LocalStats, time);
    }

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
            Task.Run(WatchMembershipAsync));
    }

    /// <summary>Stops serving, after a last copy of every session: what is left resumes at other gateways.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        _started = false;
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var stream in _streams.Values)
        {
            await stream.DrainedAsync().WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IUserConnection> ConnectAsync(Arrival arrival, IClientLink link, CancellationToken cancellation)
    {
        if (!_started)
        {
            throw new MatchmakerUnavailableException("The gateway is not part of the cluster.");
        }
        if (!arrival.Resumed || Host.Holds(arrival.User))
        {
            return Host.Connect(arrival, link, BlockSet.Empty);
        }
        // While this runs, another gateway that wants the session is told to ask again rather than that it is nowhere.
        _connecting.AddOrUpdate(arrival.User, 1, static (_, count) => count + 1);
        try
        {
            var blocks = await _finder.BringAsync(arrival.User, cancellation).ConfigureAwait(false);
            _moved.TryRemove(arrival.User, out _);
            return Host.Connect(arrival, link, blocks);
        }
        finally
        {
            if (_connecting.AddOrUpdate(arrival.User, 0, static (_, count) => count - 1) <= 0)
            {
                _connecting.TryRemove(new KeyValuePair<UserId, int>(arrival.User, 0));
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<MatchmakerStats> GetStatsAsync(CancellationToken cancellation) => _stats.GetAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        Host.Dispose();
    }

    /// <summary>Gives a session up to another gateway.</summary>
    internal ExtractReply GiveUp(UserId user, HostId to)
    {
        var outcome = Host.Extract(user, out var transfer);
        if (outcome == ExtractOutcome.Unknown && _connecting.ContainsKey(user))
        {
            outcome = ExtractOutcome.Busy;
        }
        if (outcome == ExtractOutcome.Extracted)
        {
            _moved[user] = (to, _clock.NowMs);
        }
        return new ExtractReply
        {
            Outcome = outcome,
            Snapshot = transfer?.Snapshot,
            Kept = transfer is null ? [] : [.. transfer.Kept],
            Blocks = transfer?.Blocks,
        };
    }

    /// <summary>Takes in a batch from another gateway's stream.</summary>
    internal async Task ReceiveAsync(PeerBatch batch)
    {
        // One batch of a stream is under way at a time, so the last number tells a repetition from news.
        if (_received.TryGetValue(batch.From, out var last) && batch.Number <= last)
        {
            return;
        }
        _received[batch.From] = batch.Number;
        if (Dispatch(batch) is { } forwards)
        {
            // Answered only when passed on: the sender may switch to the new way as soon as it has the answer.
            await Task.WhenAll(forwards.Select(stream => stream.DrainedAsync())).WaitAsync(TimeSpan.FromSeconds(1), _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    void ISessionPorts.Enqueue(Ticket ticket) => _queues[(int)ticket.Request.Chat].Enqueue(ticket);

    void ISessionPorts.Withdraw(ChatType chat, UserId user, long ticketId) => _queues[(int)chat].Withdraw(user, ticketId);

    void ISessionPorts.Publish(HostId host, MemberUpdate update)
    {
        if (_gateways.IsDead(host))
        {
            _ = FindPeerAsync(update);
        }
        else
        {
            StreamTo(host).Send(update);
        }
    }

    void ISessionPorts.BlocksChanged(UserId user, BlockSet blocks) => _blocks.Add(user, blocks);

    int ISessionPorts.Waiting(ChatType chat) => _queues[(int)chat].Waiting;

    IRelayTarget ISessionPorts.Route(HostId host, UserId peer, RoomId room, IRelayTarget? former)
    {
        var stream = StreamTo(host);
        if (former is RemoteRelay relay)
        {
            relay.Redirect(stream);
            return relay;
        }
        return new RemoteRelay(room, peer, stream, _rules, Host.Relay);
    }

    IRelayTarget ISessionPorts.RouteHere(RelayInbox inbox, IRelayTarget former)
    {
        if (former is not RemoteRelay relay)
        {
            return inbox;
        }
        relay.Redirect(inbox);
        return relay;
    }

    private List<PeerStream>? Dispatch(PeerBatch batch)
    {
        List<PeerStream>? forwards = null;
        ReadOnlySpan<byte> items = batch.Items;
        var next = 0;
        while (PeerItems.TryRead(ref items, out var isUpdate, out var room, out var user, out var frame))
        {
            if (isUpdate)
            {
                Apply(batch.Updates[next++]);
            }
            else if (Host.AcceptFrame(user, room, frame) == RelayOutcome.Stale && _moved.TryGetValue(user, out var moved))
            {
                var stream = StreamTo(moved.To);
                stream.Send(room, user, frame, sender: null);
                (forwards ??= []).Add(stream);
            }
        }
        return forwards;
    }

    private void Apply(MemberUpdate update)
    {
        if (Host.Apply(update))
        {
            return;
        }
        if (_moved.TryGetValue(update.To, out var moved) && !Host.Holds(update.To))
        {
            StreamTo(moved.To).Send(update);
        }
        else if (update.Left is null)
        {
            _ = FindPeerAsync(update);
        }
    }

    /// <summary>
    /// The peer is not where its route says: asks the directory where it is now, and tells the sender the room is over
    /// when the peer is here without that room, or nowhere.
    /// </summary>
    private async Task FindPeerAsync(MemberUpdate update)
    {
        try
        {
            var place = await _directory.PartitionOf(update.To).LocateAsync(update.To).ConfigureAwait(false);
            if (place.Host is { } host && host != Host.Self)
            {
                if (!_gateways.IsDead(host))
                {
                    StreamTo(host).Send(update);
                }
                // Its gateway is dead and it has not resumed yet: away, until its grace is over or it speaks from elsewhere.
                return;
            }
            // Both may have come here from the same dead gateway, each believing the other still there.
            if (Host.Apply(update))
            {
                return;
            }
            if (update.Left is null && (place.Complete || Host.Holds(update.To)) && !_connecting.ContainsKey(update.To))
            {
                Answer(new MemberUpdate(
                    update.Room, update.To, update.From, Host.Self, _clock.NowMs, false, false, LeaveReason.Gone), update.FromHost);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _instruments.Retried("locate");
        }

        void Answer(MemberUpdate answer, HostId to)
        {
            if (to == Host.Self)
            {
                Host.Apply(answer);
            }
            else
            {
                StreamTo(to).Send(answer);
            }
        }
    }

    private PeerStream StreamTo(HostId host) => _streams.GetOrAdd(host, static (to, self) => new PeerStream(
        self.Host.Self, to, self._gateways, self._options, self._instruments, self._time,
        update => _ = self.FindPeerAsync(update)), this);

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

    private void ForgetMoved()
    {
        foreach (var (user, moved) in _moved)
        {
            if (_clock.NowMs - moved.AtMs > _rules.GraceMs)
            {
                _moved.TryRemove(user, out _);
            }
        }
    }

    /// <summary>On every membership change: peers of a dead gateway are away, and what a dead silo knew is sent again.</summary>
    private async Task WatchMembershipAsync()
    {
        var dead = new HashSet<SiloAddress>();
        try
        {
            await foreach (var snapshot in _membership.MembershipUpdates.WithCancellation(_stopping.Token).ConfigureAwait(false))
            {
                var lost = snapshot.Members.Values
                    .Where(member => member.Status == SiloStatus.Dead && dead.Add(member.SiloAddress))
                    .ToArray();
                foreach (var member in lost)
                {
                    var host = HostIds.Of(member.SiloAddress);
                    LogSiloLost(member.Name, host);
                    Host.HostLost(host);
                    _streams.TryRemove(host, out _);
                    _received.TryRemove(host, out _);
                }
                _gateways.Prune();
                _directory.RenewAll();
                foreach (var queue in _queues)
                {
                    queue.Renew(atOnce: true);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    [LoggerMessage(3601, LogLevel.Warning, "Silo {Silo} ({Host}) is dead; its users are away until they resume here or elsewhere.")]
    private partial void LogSiloLost(string silo, HostId host);

    [LoggerMessage(3602, LogLevel.Error, "An effect of a session could not be carried out; the gateway goes on.")]
    private partial void LogEffectFailed(Exception failure);
}
