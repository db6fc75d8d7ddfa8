namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    /// <summary>Attaches a connection; see <see cref="IMatchmaker.ConnectAsync"/>.</summary>
    /// <param name="arrival">Who presents itself.</param>
    /// <param name="link">The connection.</param>
    /// <param name="blocks">The user's blocks, used when the session is not held here yet.</param>
    /// <exception cref="TooManySessionsException">The host holds as many sessions as it may.</exception>
    public IUserConnection Connect(Arrival arrival, IClientLink link, BlockSet blocks) => Connect(arrival, link, blocks, make: true)!;

    /// <summary>Attaches a connection to a session held here; null when there is none.</summary>
    public IUserConnection? TryResume(Arrival arrival, IClientLink link) => Connect(arrival, link, BlockSet.Empty, make: false);

    private UserConnection? Connect(Arrival arrival, IClientLink link, BlockSet blocks, bool make)
    {
        UserConnection connection;
        lock (_gate)
        {
            var now = _clock.NowMs;
            if (!make && !_sessions.ContainsKey(arrival.User))
            {
                return null;
            }
            if (!_sessions.TryGetValue(arrival.User, out var session))
            {
                if (_sessions.Count >= _options.MaxSessions)
                {
                    throw new TooManySessionsException(_options.MaxSessions);
                }
                session = new UserSession(arrival.User, ++_lives) { AwaySinceMs = now, Blocked = blocks };
                _sessions[arrival.User] = session;
            }
            else
            {
                Counters.CountResumed();
            }
            session.From = arrival.From;
            var wasAway = session.Away;
            if (session.Link is { } replaced)
            {
                session.Connection!.ClearRoute();
                session.Inbox?.Hold();
                _outbox.Enqueue(new Effect(EffectKind.Replace, replaced));
                Counters.CountReplaced();
            }
            else
            {
                _online++;
            }
            connection = new UserConnection(this, session, _reports);
            session.Link = link;
            session.Connection = connection;
            // What the old connection asked for in mid-handshake would undo what this one is about to be told.
            session.Deferred = DeferredCommand.None;
            session.DeferredRequest = null;
            Greet(session, arrival, now);
            if (session.Room is { } side)
            {
                _outbox.Enqueue(new Effect(EffectKind.OpenInbox, side.Inbox, link));
                SetRoute(session, side);
                if (wasAway)
                {
                    Publish(session, side);
                }
                // The new connection knows nothing of what the old one was told.
                side.PeerAwayTold = false;
                NoticePeerAway(session, side, now);
            }
            else if (session.State == ClientState.Searching
                && session.Held is null
                && (wasAway || !session.TicketSent))
            {
                Enqueue(session);
            }
        }
        Drain();
        return connection;
    }

    internal void Start(UserConnection connection, SearchRequest request)
    {
        lock (_gate)
        {
            if (Live(connection) is not { } session)
            {
                return;
            }
            if (session.HeldConfirmed)
            {
                session.Deferred = DeferredCommand.Start;
                session.DeferredRequest = request;
                return;
            }
            StartNow(session, request);
        }
        Drain();
    }

    internal void Stop(UserConnection connection)
    {
        lock (_gate)
        {
            if (Live(connection) is not { } session)
            {
                return;
            }
            if (session.HeldConfirmed)
            {
                session.Deferred = DeferredCommand.Stop;
                return;
            }
            StopNow(session);
        }
        Drain();
    }

    internal bool Block(UserConnection connection, RoomId room)
    {
        lock (_gate)
        {
            if (Live(connection) is not { } session || Partner(session, room) is not { } partner)
            {
                return false;
            }
            session.Blocked = session.Blocked.Add(partner, _options.MaxBlocksPerUser);
            _outbox.Enqueue(new Effect(EffectKind.Blocks, session, session.Blocked));
            if (session.Room is { } side && side.Id == room)
            {
                Leave(session, side, LeaveReason.Stop, LeaveReason.Blocked);
            }
            else if (session.State == ClientState.Searching && session.Held is null)
            {
                Enqueue(session);
            }
        }
        Drain();
        return true;
    }

    internal Report? Complain(UserConnection connection, RoomId room, string reason, out bool recorded)
    {
        lock (_gate)
        {
            recorded = false;
            if (Live(connection) is not { } session || Partner(session, room) is not { } partner)
            {
                return null;
            }
            var present = session.Room is { } side && side.Id == room ? side : null;
            recorded = present?.Reported ?? session.Last!.Reported;
            return new Report(
                ReportId.Of(room, session.User),
                DateTimeOffset.FromUnixTimeMilliseconds(_clock.NowMs),
                session.User,
                partner,
                room,
                present?.Offer.Chat ?? session.Last!.Chat,
                reason)
            {
                From = session.From,
            };
        }
    }

    internal void Recorded(UserConnection connection, RoomId room)
    {
        lock (_gate)
        {
            var session = connection.Session;
            if (session.Room is { } side && side.Id == room)
            {
                side.Reported = true;
            }
            else if (session.Last is { } last && last.Room == room)
            {
                last.Reported = true;
            }
            MarkDirty(session);
        }
    }

    internal bool IsInRoom(UserConnection connection, RoomId room)
    {
        lock (_gate)
        {
            return Live(connection)?.Room?.Id == room;
        }
    }

    internal void Detach(UserConnection connection)
    {
        lock (_gate)
        {
            if (Live(connection) is not { } session)
            {
                return;
            }
            connection.ClearRoute();
            session.Connection = null;
            session.Link = null;
            session.AwaySinceMs = _clock.NowMs;
            session.Inbox?.Hold();
            _online--;
            if (session.Room is { } side)
            {
                Publish(session, side);
            }
            else if (session.State == ClientState.Searching)
            {
                Withdraw(session);
            }
            if (HasNothing(session))
            {
                // Its token brings the identity back just as it is; kept for the grace, it takes the place of somebody.
                Forget(session);
            }
            Reschedule(session);
        }
        Drain();
    }

    internal void Forget(UserConnection connection)
    {
        lock (_gate)
        {
            if (Live(connection) is not { } session)
            {
                return;
            }
            if (session.HeldConfirmed)
            {
                // The peer may have been told: the verdict takes this user out of the room, the grace ends the session.
                session.Deferred = DeferredCommand.Stop;
                return;
            }
            if (session.Room is { } side)
            {
                Leave(session, side, LeaveReason.Stop, toldReason: null);
            }
            else
            {
                StopNow(session);
            }
            if (session.Blocked.Ordered.Length > 0)
            {
                session.Blocked = BlockSet.Empty;
                _outbox.Enqueue(new Effect(EffectKind.Blocks, session, session.Blocked));
            }
            connection.ClearRoute();
            session.Connection = null;
            session.Link = null;
            _online--;
            Forget(session);
        }
        Drain();
    }

    private static bool HasNothing(UserSession session) =>
        session is { State: ClientState.Idle, Last: null, Held: null } && session.Blocked.Ordered.Length == 0;

    private static UserSession? Live(UserConnection connection) =>
        connection.Session.Connection == connection ? connection.Session : null;

    private static UserId? Partner(UserSession session, RoomId room) =>
        session.Room?.Id == room ? session.Room.Offer.Peer
        : session.Last?.Room == room ? session.Last.Partner
        : null;

    private void Greet(UserSession session, Arrival arrival, long now)
    {
        Tell(session, new Welcome(
            session.User,
            arrival.Resumed,
            session.State,
            session.State == ClientState.Idle ? null : session.Request!.Chat,
            session.Room?.ToEvent(now),
            _options.GraceMs));
        if (session.Last is { Told: false } last)
        {
            last.Told = true;
            if (arrival.ClaimedRoom == last.Room && session.Room is null)
            {
                Tell(session, new PeerLeft(last.Room, last.Reason));
                if (session.State == ClientState.Searching)
                {
                    // A client is idle after "peer left" unless told otherwise, and this one fell back to the queue.
                    var chat = session.Request!.Chat;
                    Tell(session, new Searching(chat, Math.Max(1, _ports.Waiting(chat)), true));
                }
            }
        }
    }

    private void StartNow(UserSession session, SearchRequest request)
    {
        switch (session.State)
        {
            case ClientState.InRoom:
                Leave(session, session.Room!, LeaveReason.Next, toldReason: null);
                Search(session, request);
                break;
            case ClientState.Searching when session.Request!.Chat == request.Chat:
                var changed = !SameWishes(session.Request, request);
                session.Request = request;
                if (changed && session.Held is null)
                {
                    session.SearchAnswered = false;
                    MarkDirty(session);
                    Enqueue(session);
                }
                else if (session.SearchAnswered)
                {
                    Tell(session, new Searching(request.Chat, Math.Max(1, _ports.Waiting(request.Chat)), false));
                }
                break;
            case ClientState.Searching:
                StopNow(session);
                Search(session, request);
                break;
            default:
                Search(session, request);
                break;
        }
    }

    private void StopNow(UserSession session)
    {
        if (session.Room is { } side)
        {
            Leave(session, side, LeaveReason.Stop, toldReason: null);
        }
        else if (session.State == ClientState.Searching)
        {
            session.Paused = false;
            Withdraw(session);
            DropHold(session);
            SetState(session, ClientState.Idle);
        }
    }

    private void Search(UserSession session, SearchRequest request)
    {
        session.Request = request;
        session.SinceMs = _clock.NowMs;
        session.Front = false;
        session.SearchAnswered = false;
        SetState(session, ClientState.Searching);
        Enqueue(session);
    }

    /// <summary>Issues a new ticket, so that whatever still names the old one is refused.</summary>
    private void Enqueue(UserSession session)
    {
        session.TicketId = _ids.NextTicket();
        if (HoldBack(session))
        {
            return;
        }
        // A link that no longer accepts writes is about to be detached or replaced; the ticket goes in with the next one.
        session.TicketSent = session.Link is { IsAlive: true };
        if (session.TicketSent)
        {
            _outbox.Enqueue(new Effect(EffectKind.Enqueue, MakeTicket(session)));
        }
    }

    private void Withdraw(UserSession session) =>
        _outbox.Enqueue(new Effect(EffectKind.Withdraw, MakeTicket(session)));

    private Ticket MakeTicket(UserSession session) => new()
    {
        Id = session.TicketId,
        User = session.User,
        Host = Self,
        Request = session.Request!,
        SinceMs = session.SinceMs,
        Front = session.Front,
        From = session.From,
        Proven = session.Proven,
        Blocked = session.Blocked,
        Avoid = session.Last?.Partner,
        AvoidUntilMs = session.Last is { } last
            ? Math.Max(session.SinceMs, last.EndedAtMs) + _options.CooldownMs
            : 0,
    };

    private static bool SameWishes(SearchRequest one, SearchRequest other) =>
        one.Interests.AsSpan().SequenceEqual(other.Interests.AsSpan())
        && one.Languages.AsSpan().SequenceEqual(other.Languages.AsSpan());
}
