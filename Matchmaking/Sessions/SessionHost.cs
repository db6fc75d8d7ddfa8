using System.Collections.Concurrent;

namespace Camdiv.Matchmaking;

/// <summary>
/// The sessions of one gateway process, which knows best which sockets live: hosts the user and room state machines for
/// both engines. Thread-safe. State changes under one lock; what follows from them (events, pool and peer messages)
/// goes into an outbox in the same order and is carried out outside the lock, by one thread at a time.
/// </summary>
public sealed partial class SessionHost : ISessionHost, IDisposable
{
    /// <summary>
    /// How long a pairing attempt may hold a user without a verdict, in ms: longer than a handshake whose two questions
    /// take their full 2 s each, and short enough that a user whose matchmaker died in between meets somebody within 10 s.
    /// </summary>
    public const int HoldMs = 6_000;

    /// <summary>How much longer than the peer itself a host waits before it declares a peer elsewhere lost, in ms.</summary>
    public const int PeerSlackMs = 2_000;

    /// <summary>How long a session that another host asks for waits for its frames to be answered for, in ms.</summary>
    public const int LeavingMs = 1_000;

    /// <summary>
    /// How far the version of a room side jumps when its session comes back from a copy: further than its former host can
    /// have gone on since, and than the clocks of two hosts differ, so that its updates are news to the peer at once.
    /// </summary>
    internal const long CopyStride = 1L << 32;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<UserId, UserSession> _sessions = new();
    private readonly ConcurrentQueue<Effect> _outbox = new();
    private readonly MatchmakingOptions _options;
    private readonly Clock _clock;
    private readonly IdSource _ids;
    private readonly ISessionPorts _ports;
    private readonly IReportSink _reports;
    private readonly int[] _searching = new int[ChatTypes.Count];
    private int _online;
    private long _lives;
    private int _roomSides;
    private int _draining;

    /// <summary>Creates an empty host.</summary>
    /// <param name="self">This host's id.</param>
    /// <param name="options">The rules' numbers.</param>
    /// <param name="clock">Time.</param>
    /// <param name="ids">Where ticket ids come from.</param>
    /// <param name="ports">The engine around the host.</param>
    /// <param name="reports">Where reports go.</param>
    public SessionHost(
        HostId self, MatchmakingOptions options, Clock clock, IdSource ids, ISessionPorts ports, IReportSink reports)
    {
        Self = self;
        _options = options;
        Relay = new RelayCounters(options.MaxKeptBytes);
        _clock = clock;
        _ids = ids;
        _ports = ports;
        _reports = reports;
        _timer = clock.Provider.CreateTimer(
            static host => ((SessionHost)host!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>This host's id.</summary>
    public HostId Self { get; }

    /// <summary>Frames that away members keep, and could not keep.</summary>
    public RelayCounters Relay { get; }

    /// <summary>What happened to sessions.</summary>
    public SessionCounters Counters { get; } = new();

    /// <summary>Called when carrying out an effect throws; the effect is lost, the host goes on.</summary>
    public Action<Exception>? EffectFailed { get; set; }

    /// <summary>People hosted here; each room counts on the host of its initiator.</summary>
    public MatchmakerStats Stats => new(
        Volatile.Read(ref _online),
        Volatile.Read(ref _searching[(int)ChatType.Video]),
        Volatile.Read(ref _searching[(int)ChatType.Audio]),
        Volatile.Read(ref _searching[(int)ChatType.Text]),
        Volatile.Read(ref _roomSides));

    /// <summary>Sessions held, those away included; at most <see cref="MaxSessions"/>.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Most sessions this host holds.</summary>
    public int MaxSessions => _options.MaxSessions;

    /// <summary>Runs <paramref name="action"/> in the outbox's turn, after everything that happened before.</summary>
    public void Post(Action action)
    {
        _outbox.Enqueue(new Effect(EffectKind.Run, action));
        Drain();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void SetState(UserSession session, ClientState state)
    {
        if (session.State == ClientState.Searching)
        {
            _searching[(int)session.Request!.Chat]--;
        }
        session.State = state;
        if (state == ClientState.Searching)
        {
            _searching[(int)session.Request!.Chat]++;
        }
        MarkDirty(session);
    }

    private void Tell(UserSession session, ServerEvent message)
    {
        if (session.Link is { } link)
        {
            _outbox.Enqueue(new Effect(EffectKind.Deliver, link, message));
        }
    }

    /// <summary>
    /// Carries out effects until none is left, unless another thread already does. A caller inside an effect returns at
    /// once; the loop it runs in goes on with what it added.
    /// </summary>
    private void Drain()
    {
        while (!_outbox.IsEmpty && Interlocked.CompareExchange(ref _draining, 1, 0) == 0)
        {
            try
            {
                while (_outbox.TryDequeue(out var effect))
                {
                    try
                    {
                        CarryOut(effect);
                    }
                    catch (Exception failure)
                    {
                        EffectFailed?.Invoke(failure);
                    }
                }
            }
            finally
            {
                // A full fence: the emptiness seen next must not be older than the turn given up here.
                Interlocked.Exchange(ref _draining, 0);
            }
        }
    }

    private void CarryOut(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Deliver:
                ((IClientLink)effect.Target).Deliver((ServerEvent)effect.Payload!);
                break;
            case EffectKind.OpenInbox:
                ((RelayInbox)effect.Target).Open((IClientLink)effect.Payload!);
                break;
            case EffectKind.Replace:
                ((IClientLink)effect.Target).Close(LinkCloseReason.Replaced);
                break;
            case EffectKind.Enqueue:
                _ports.Enqueue((Ticket)effect.Target);
                break;
            case EffectKind.Withdraw:
                var ticket = (Ticket)effect.Target;
                _ports.Withdraw(ticket.Request.Chat, ticket.User, ticket.Id);
                break;
            case EffectKind.Publish:
                _ports.Publish(effect.Host, (MemberUpdate)effect.Target);
                break;
            case EffectKind.Blocks:
                var blocking = (UserSession)effect.Target;
                _ports.BlocksChanged(blocking.User, (BlockSet)effect.Payload!, blocking.From, blocking.Proven);
                break;
            case EffectKind.Judge:
                var judgement = (Judgement)effect.Target;
                _ports.Judge(judgement.Chat, judgement.Conduct);
                break;
            case EffectKind.Run:
                ((Action)effect.Target)();
                break;
        }
    }

    private enum EffectKind : byte
    {
        Deliver,
        OpenInbox,
        Replace,
        Enqueue,
        Withdraw,
        Publish,
        Blocks,
        Judge,
        Run,
    }

    private readonly record struct Effect(EffectKind Kind, object Target, object? Payload = null, HostId Host = default);
}
