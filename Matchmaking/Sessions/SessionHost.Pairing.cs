namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    /// <inheritdoc/>
    public ValueTask<bool[]> ReserveAsync(IReadOnlyList<Offer> offers)
    {
        var answers = new bool[offers.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Reserve(offers[i]);
        }
        return ValueTask.FromResult(answers);
    }

    /// <inheritdoc/>
    public ValueTask<bool[]> RecheckAsync(IReadOnlyList<Offer> offers)
    {
        var answers = new bool[offers.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = Recheck(offers[i]);
        }
        return ValueTask.FromResult(answers);
    }

    /// <inheritdoc/>
    public ValueTask ConcludeAsync(IReadOnlyList<Verdict> verdicts)
    {
        lock (_gate)
        {
            for (var i = 0; i < verdicts.Count; i++)
            {
                Conclude(verdicts[i]);
            }
        }
        Drain();
        return ValueTask.CompletedTask;
    }

    /// <summary>The pool took a ticket in: answers the user's <c>start</c> if nothing has yet.</summary>
    /// <param name="user">Whose ticket.</param>
    /// <param name="ticketId">Which; an older one is ignored.</param>
    /// <param name="waiting">People in that pool, this one included.</param>
    public void Queued(UserId user, long ticketId, int waiting)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(user, out var session)
                && session.State == ClientState.Searching
                && session.TicketId == ticketId
                && session.Deferred == DeferredCommand.None
                && !session.SearchAnswered)
            {
                session.SearchAnswered = true;
                Tell(session, new Searching(session.Request!.Chat, waiting, false));
            }
        }
        Drain();
    }

    /// <summary>Check and commit.</summary>
    private bool Reserve(Offer offer)
    {
        if (!_sessions.TryGetValue(offer.User, out var session) || !IsAlive(session))
        {
            return false;
        }
        lock (_gate)
        {
            if (session.Away
                || session.State != ClientState.Searching
                || session.TicketId != offer.TicketId
                || session.HeldConfirmed
                || session.Blocked.Contains(offer.Peer)
                || session.User == offer.Peer)
            {
                return false;
            }
            DropHold(session);
            session.Held = offer;
            session.HeldUntilMs = _clock.NowMs + HoldMs;
            // Frames of a peer that hears first wait here until this side has heard too.
            session.Inbox = new RelayInbox(offer.Room, _options.AwayFrames, _options.AwayBytes, Relay, session.From);
            Reschedule(session);
            return true;
        }
    }

    private bool Recheck(Offer offer)
    {
        if (!_sessions.TryGetValue(offer.User, out var session) || !IsAlive(session))
        {
            return false;
        }
        lock (_gate)
        {
            if (session.Away || session.Held?.Room != offer.Room || session.Blocked.Contains(offer.Peer))
            {
                return false;
            }
            // From here until the verdict the peer may have been told, so the user's own commands wait for it.
            session.HeldConfirmed = true;
            return true;
        }
    }

    private void Conclude(Verdict verdict)
    {
        if (!_sessions.TryGetValue(verdict.User, out var session))
        {
            return;
        }
        if (session.Held is { } held && held.Room == verdict.Room)
        {
            if (verdict.Matched)
            {
                EnterRoom(session, held);
            }
            else
            {
                Release(session);
            }
        }
        else if (!verdict.Matched
            && session.Held is null
            && session.State == ClientState.Searching
            && session.TicketId == verdict.TicketId
            && !session.Away)
        {
            // The offer was refused (a block, most likely), but the pool has already given the ticket up.
            Requeue(session);
        }
    }

    private void EnterRoom(UserSession session, Offer offer)
    {
        var (deferred, request) = (session.Deferred, session.DeferredRequest);
        var now = _clock.NowMs;
        var side = new RoomSide
        {
            Offer = offer,
            Inbox = session.Inbox!,
            PeerHost = offer.PeerHost,
            AckDeadlineMs = now + _options.AckMs,
            BegunAtMs = now,
        };
        Counters.Told?.Invoke(offer.Chat, now - session.SinceMs);
        ClearHold(session);
        session.Room = side;
        session.SearchAnswered = true;
        SetState(session, ClientState.InRoom);
        CountRoom(side, +1);
        Tell(session, side.ToEvent(now));
        if (session.Link is { } link)
        {
            _outbox.Enqueue(new Effect(EffectKind.OpenInbox, side.Inbox, link));
            SetRoute(session, side);
        }
        else
        {
            Publish(session, side);
        }
        Reschedule(session);
        CarryOutDeferred(session, deferred, request);
        if (session.Room == side && session.Blocked.Contains(offer.Peer))
        {
            Leave(session, side, LeaveReason.Stop, LeaveReason.Blocked);
        }
    }

    /// <summary>The attempt fell through: back to the front with the waiting time.</summary>
    private void Release(UserSession session)
    {
        var (deferred, request) = (session.Deferred, session.DeferredRequest);
        DropHold(session);
        if (deferred == DeferredCommand.Stop)
        {
            StopNow(session);
            return;
        }
        Requeue(session);
        CarryOutDeferred(session, deferred, request);
    }

    private void Requeue(UserSession session)
    {
        session.Front = true;
        session.SearchAnswered = true;
        SetState(session, ClientState.Searching);
        Counters.CountRequeued();
        var chat = session.Request!.Chat;
        Tell(session, new Searching(chat, _ports.Waiting(chat) + 1, true));
        Enqueue(session);
    }

    private void CarryOutDeferred(UserSession session, DeferredCommand deferred, SearchRequest? request)
    {
        switch (deferred)
        {
            case DeferredCommand.Stop:
                StopNow(session);
                break;
            case DeferredCommand.Start:
                StartNow(session, request!);
                break;
        }
    }

    private static void DropHold(UserSession session)
    {
        if (session.Held is not null)
        {
            session.Inbox?.Close();
            session.Inbox = null;
            ClearHold(session);
        }
    }

    private static void ClearHold(UserSession session)
    {
        session.Held = null;
        session.HeldConfirmed = false;
        session.Deferred = DeferredCommand.None;
        session.DeferredRequest = null;
    }

    // Read before the lock is taken: nothing is called while it is held.
    private static bool IsAlive(UserSession session) => session.Link is { IsAlive: true };
}
