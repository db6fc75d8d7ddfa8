namespace Camdiv.Matchmaking.Embedded;

/// <summary>
/// The whole engine in one process: one session host and one waiting pool per chat type, in memory. Pools run in the
/// host's outbox turn, one thread at a time, so a <c>start</c> that finds a partner is matched within the call. Restart
/// survives through <see cref="IBackupSource"/>; more than one machine is what the cluster engine is for.
/// </summary>
public sealed class EmbeddedMatchmaker : IMatchmaker, IBackupSource, IDisposable
{
    private static readonly HostId Here = new("here");

    private readonly MatchmakingOptions _options;
    private readonly Clock _clock;
    private readonly SessionHost _host;
    private readonly BlockBook _blocks;
    private readonly PairingHandshake _handshake;
    private readonly WaitingPool[] _pools;
    private readonly ITimer _passTimer;
    private readonly List<Pair> _pairs = [];
    private volatile bool _disposed;

    /// <summary>Starts an empty engine.</summary>
    /// <param name="options">The rules' numbers, valid.</param>
    /// <param name="time">Time; timers come from it.</param>
    /// <param name="reports">Where reports go.</param>
    /// <param name="ids">Where ids come from; random when null.</param>
    public EmbeddedMatchmaker(
        MatchmakingOptions options, TimeProvider time, IReportSink reports, IdSource? ids = null)
    {
        _options = options;
        _clock = new Clock(time);
        _blocks = new BlockBook(options.MaxBlockingUsers);
        ids ??= new IdSource();
        _host = new SessionHost(Here, options, _clock, ids, new Ports(this), reports);
        _handshake = new PairingHandshake(new OneHost(_host), ids, Pairing);
        _pools = [.. ChatTypes.All.ToArray().Select(_ => new WaitingPool(options, _clock.NowMs))];
        var interval = TimeSpan.FromMilliseconds(options.PassIntervalMs);
        _passTimer = time.CreateTimer(static engine => ((EmbeddedMatchmaker)engine!).Pass(), this, interval, interval);
    }

    /// <summary>How pairing attempts ended.</summary>
    public PairingCounters Pairing { get; } = new();

    /// <summary>The sessions of this process.</summary>
    public SessionHost Host => _host;

    /// <summary>Called when an effect throws; for the log.</summary>
    public Action<Exception>? EffectFailed
    {
        get => _host.EffectFailed;
        set => _host.EffectFailed = value;
    }

    /// <inheritdoc/>
    public ValueTask<IUserConnection> ConnectAsync(Arrival arrival, IClientLink link, CancellationToken cancellation)
    {
        if (_disposed)
        {
            throw new MatchmakerUnavailableException("The server is stopping.");
        }
        return ValueTask.FromResult(_host.Connect(arrival, link, _blocks.Get(arrival.User, arrival.From)));
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsActiveAsync(UserId user, CancellationToken cancellation) => ValueTask.FromResult(_host.IsActive(user));

    /// <inheritdoc/>
    public ValueTask<MatchmakerStats> GetStatsAsync(CancellationToken cancellation) => ValueTask.FromResult(_host.Stats);

    /// <inheritdoc/>
    public void TakeSessionChanges(List<SessionChange> into)
    {
        _host.TrackChanges();
        _host.TakeChanges(into);
    }

    /// <inheritdoc/>
    public void TakeBlockChanges(List<(UserId User, UserId[] Blocked)> into) => _blocks.TakeChanges(into);

    /// <inheritdoc/>
    public (int Searching, int InRooms) RestoreSessions(IEnumerable<SessionSnapshot> snapshots)
    {
        _host.TrackChanges();
        return _host.Restore(snapshots, user => _blocks.Get(user));
    }

    /// <inheritdoc/>
    public void RestoreBlocks(IEnumerable<(UserId User, UserId[] Blocked)> blocks)
    {
        foreach (var (user, blocked) in blocks)
        {
            _blocks.Set(user, BlockSet.From(blocked.TakeLast(_options.MaxBlocksPerUser)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _passTimer.Dispose();
        _host.Dispose();
    }

    /// <summary>What the pools hold at the moment, by chat type; for telemetry.</summary>
    public PoolReading[] ReadPools() => [.. _pools.Select((pool, i) => PoolReading.Of((ChatType)i, pool))];

    private void Pass() => _host.Post(() =>
    {
        foreach (var pool in _pools)
        {
            _pairs.Clear();
            pool.Pass(_clock.NowMs, _pairs);
            if (_pairs.Count > 0)
            {
                Match([.. _pairs]);
            }
        }
    });

    private void Match(IReadOnlyList<Pair> pairs)
    {
        // With one host in this process every step completes at once; anything else would be a defect worth seeing.
        var handshake = _handshake.RunAsync(pairs);
        if (!handshake.IsCompleted)
        {
            throw new InvalidOperationException("The embedded handshake did not complete synchronously.");
        }
        handshake.GetAwaiter().GetResult();
    }

    private sealed class Ports(EmbeddedMatchmaker engine) : ISessionPorts
    {
        public void Enqueue(Ticket ticket)
        {
            var pool = engine._pools[(int)ticket.Request.Chat];
            if (pool.Add(ticket, engine._clock.NowMs) is { } pair)
            {
                engine.Match([pair]);
            }
            else
            {
                engine._host.Queued(ticket.User, ticket.Id, pool.Count);
            }
        }

        public void Withdraw(ChatType chat, UserId user, long ticketId) =>
            engine._pools[(int)chat].Remove(user, ticketId);

        public void BlocksChanged(UserId user, BlockSet blocks, AddressPrefix from, bool proven) =>
            engine._blocks.Set(user, blocks, from, proven);

        public void Judge(ChatType chat, Conduct conduct)
        {
            engine._pools[(int)chat].Judge(conduct, engine._clock.NowMs);
            if (conduct.Good)
            {
                engine._blocks.Prove(conduct.User);
            }
        }

        public int Waiting(ChatType chat) => engine._pools[(int)chat].Count;

        public void Publish(HostId host, MemberUpdate update) => throw NoOther(host);

        public IRelayTarget Route(HostId host, UserId peer, RoomId room, IRelayTarget? former, long sent) => throw NoOther(host);

        private static InvalidOperationException NoOther(HostId host) =>
            new($"The embedded engine has one host; {host} is not it.");
    }

    private sealed class OneHost(SessionHost host) : ISessionHosts
    {
        public ISessionHost? Find(HostId id) => id == Here ? host : null;
    }
}
