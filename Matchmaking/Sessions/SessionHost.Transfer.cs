using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    /// <summary>Whether a session of <paramref name="user"/> is held here.</summary>
    public bool Holds(UserId user) => _sessions.ContainsKey(user);

    /// <summary>Whether <paramref name="user"/> is held here and searches or is in a room.</summary>
    public bool IsActive(UserId user)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(user, out var session) && session.State != ClientState.Idle;
        }
    }

    /// <summary>Everyone whose session is held here.</summary>
    public UserId[] Users() => [.. _sessions.Keys];

    /// <summary>Names a session among the changed ones, if it is held here.</summary>
    public void Touch(UserId user)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(user, out var session))
            {
                MarkDirty(session);
            }
        }
    }

    /// <summary>Drops a session that another host holds, unless it is a newer one by now.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="life">The session's <see cref="SessionChange.Life"/> when it was found stale.</param>
    public void Drop(UserId user, long life)
    {
        if (_sessions.TryGetValue(user, out var session)
            && session.Life == life
            && Extract(user, out _) == ExtractOutcome.Busy)
        {
            // Named again, it is found stale again.
            Touch(user);
        }
    }

    /// <summary>Gives a session up to another host; its connection, if any, is closed as replaced.</summary>
    public ExtractOutcome Extract(UserId user, out SessionTransfer? transfer)
    {
        transfer = null;
        lock (_gate)
        {
            if (!_sessions.TryGetValue(user, out var session))
            {
                return ExtractOutcome.Unknown;
            }
            if (session.HeldConfirmed || HasFramesUnderWay(session))
            {
                return ExtractOutcome.Busy;
            }
            DropHold(session);
            if (session.State == ClientState.Searching)
            {
                Withdraw(session);
            }
            if (session.Link is { } link)
            {
                session.Connection!.ClearRoute();
                _outbox.Enqueue(new Effect(EffectKind.Replace, link));
                _online--;
                Counters.CountReplaced();
            }
            var (unsent, sent) = (session.Room?.RemoteRoute as IRemoteRoute)?.CloseAndTake() ?? ([], 0);
            var kept = session.Inbox?.CloseAndTake() ?? [];
            transfer = new SessionTransfer(Snapshot(session), kept, session.Blocked)
            {
                Heard = session.Inbox?.Heard ?? 0,
                Unsent = [.. session.Room?.Unsent ?? [], .. unsent],
                Sent = Math.Max(sent, session.Room?.Sent ?? 0),
            };
            if (session.Room is { } side)
            {
                CountRoom(side, -1);
            }
            SetState(session, ClientState.Idle);
            session.Link = null;
            session.Connection = null;
            session.Room = null;
            Forget(session);
        }
        Drain();
        return ExtractOutcome.Extracted;
    }

    /// <summary>Takes a session over, away until its connection is attached.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="transfer">What the former host, or a copy of its state, knows.</param>
    /// <param name="live">
    /// True when a live host gave it; false when it is a copy, which may lack the last acknowledgements.
    /// </param>
    /// <returns>False when the session is here already; nothing is changed then.</returns>
    public bool Adopt(UserId user, SessionTransfer transfer, bool live)
    {
        lock (_gate)
        {
            if (_sessions.ContainsKey(user) || _sessions.Count >= _options.MaxSessions)
            {
                return false;
            }
            var now = _clock.NowMs;
            var snapshot = transfer.Snapshot ?? new SessionSnapshot { User = user.Value };
            var session = Revive(snapshot, now, transfer.Blocks);
            if (snapshot.Room is { } room)
            {
                ReviveRoom(session, room, new HostId(room.PeerHost), now);
                session.Inbox!.Preload(transfer.Kept, transfer.Heard);
                session.Room!.Unsent = transfer.Unsent;
                session.Room.Sent = transfer.Sent;
                if (live)
                {
                    session.Room.Acked = room.Acked;
                    session.Room.PeerAcked = room.PeerAcked;
                    session.Room.AckDeadlineMs = room.AckDeadlineMs;
                }
                else
                {
                    session.Room.Version = Math.Max(room.Version, now) + CopyStride;
                }
            }
            else if (snapshot.Ticket is { } ticket)
            {
                ReviveSearch(session, ticket);
                SetState(session, ClientState.Searching);
            }
            Settle(session);
        }
        Drain();
        return true;
    }

    /// <summary>
    /// A gateway died: the peers it hosted are away until they resume elsewhere, or gone when their grace is over.
    /// </summary>
    public void HostLost(HostId host)
    {
        lock (_gate)
        {
            var now = _clock.NowMs;
            foreach (var session in _sessions.Values)
            {
                if (session.Room is { PeerAway: false } side && side.PeerHost == host)
                {
                    side.PeerAway = true;
                    side.PeerAwaySinceMs = now;
                    Reschedule(session);
                }
            }
        }
        Drain();
    }

    /// <summary>The tickets of everyone searching here, for a pool that must be filled again.</summary>
    public List<Ticket> SearchingTickets(ChatType chat)
    {
        var tickets = new List<Ticket>();
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                if (session.State == ClientState.Searching
                    && session.Held is null
                    && !session.Paused
                    && session.Request!.Chat == chat
                    && session.Link is not null)
                {
                    tickets.Add(MakeTicket(session));
                }
            }
        }
        return tickets;
    }

    /// <summary>Every session's state, for a copy that must be made whole again.</summary>
    public void TakeAll(List<SessionChange> into)
    {
        lock (_gate)
        {
            foreach (var session in _sessions.Values)
            {
                into.Add(new SessionChange(session.User, Snapshot(session)) { Life = session.Life });
            }
            _dirty?.Clear();
        }
    }

    /// <summary>
    /// Whether frames of this user are still under way to its peer: those it sends from its next host would overtake them.
    /// A peer's host that does not answer holds the user up only so long.
    /// </summary>
    private bool HasFramesUnderWay(UserSession session)
    {
        if (session.Room is not { RemoteRoute: IRemoteRoute { IsIdle: false } } side)
        {
            return false;
        }
        if (side.LeavingSinceMs == 0)
        {
            side.LeavingSinceMs = _clock.NowMs;
        }
        return _clock.NowMs < side.LeavingSinceMs + LeavingMs;
    }

    private UserSession Revive(SessionSnapshot snapshot, long now, BlockSet blocks)
    {
        var session = new UserSession(new UserId(snapshot.User), ++_lives) { AwaySinceMs = now, Blocked = blocks };
        session.Proven = snapshot.Proven;
        session.Failures = snapshot.Failures;
        session.FailedAtMs = snapshot.Failures > 0 ? now : 0;
        session.PausedUntilMs = now + snapshot.PauseMs;
        if (snapshot is { LastPartner: { } partner, LastRoom: { } lastRoom })
        {
            session.Last = new LastRoom(
                new(lastRoom), new(partner), snapshot.LastChat, snapshot.LastEndedAtMs, LeaveReason.Gone)
            { Told = true, Reported = snapshot.LastReported };
        }
        return session;
    }

    private void ReviveRoom(UserSession session, RoomSnapshot room, HostId peerHost, long now)
    {
        ReviveSearch(session, room.Search);
        session.Inbox = new RelayInbox(new(room.Room), _options.AwayFrames, _options.AwayBytes, Relay, session.From);
        session.Room = new RoomSide
        {
            Offer = new(
                session.Inbox.Room,
                session.User,
                0,
                new(room.Peer),
                new(room.Seat),
                new(room.PeerSeat),
                peerHost,
                room.Chat,
                ImmutableArray.Create(room.Common)),
            Inbox = session.Inbox,
            PeerHost = peerHost,
            // A copy may have missed the last acknowledgements; that a side comes back for its room is as good.
            AckDeadlineMs = now,
            BegunAtMs = Math.Min(now, room.AckDeadlineMs - _options.AckMs),
            Acked = true,
            PeerAcked = true,
            Brought = true,
            Version = room.Version,
            PeerVersion = room.PeerVersion,
            Reported = room.Reported,
        };
        SetState(session, ClientState.InRoom);
        CountRoom(session.Room, +1);
    }

    private static void ReviveSearch(UserSession session, TicketSnapshot ticket)
    {
        if (!SearchRequest.TryCreate(ticket.Chat, ticket.Interests, ticket.Languages, out var request, out _))
        {
            request = SearchRequest.ForAnyone(ticket.Chat);
        }
        session.Request = request;
        session.SinceMs = ticket.SinceMs;
        session.Front = ticket.Front;
        session.SearchAnswered = true;
    }

    private void Settle(UserSession session)
    {
        _sessions[session.User] = session;
        MarkDirty(session);
        Reschedule(session);
    }

    private void Forget(UserSession session)
    {
        session.Removed = true;
        _sessions.TryRemove(session.User, out _);
        MarkDirty(session);
    }
}
