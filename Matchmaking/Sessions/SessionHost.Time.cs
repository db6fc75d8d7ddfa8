namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    /// <summary>Least time between two looks at the deadlines, in milliseconds: as late as one may be met.</summary>
    internal const int LookGapMs = 20;

    // More than one for each that is added, so that those that were met never pile up at the front.
    private const int MostDropped = 4;

    private readonly PriorityQueue<UserSession, long> _deadlines = new();
    private readonly ITimer _timer;
    private long _timerDueMs = long.MaxValue;
    private long _lastLookMs = long.MinValue / 2;

    private void OnTimer()
    {
        lock (_gate)
        {
            var now = _clock.NowMs;
            _timerDueMs = long.MaxValue;
            _lastLookMs = now;
            while (_deadlines.TryPeek(out var session, out var due) && due <= now)
            {
                _deadlines.Dequeue();
                if (session.QueuedDueMs == due)
                {
                    session.QueuedDueMs = long.MaxValue;
                }
                if (!session.Removed)
                {
                    OnTime(session, now);
                    Reschedule(session);
                }
            }
            Arm();
        }
        Drain();
    }

    private void OnTime(UserSession session, long now)
    {
        if (session.Away && now >= session.AwaySinceMs + _options.GraceMs)
        {
            Expire(session);
            return;
        }
        if (session.Paused && now >= session.PausedUntilMs)
        {
            EndPause(session);
        }
        if (session.Held is not null && now >= session.HeldUntilMs)
        {
            Counters.CountHoldExpired();
            Release(session);
            return;
        }
        if (session.Room is not { } side)
        {
            return;
        }
        if (AwaitsJudgement(session, side) && now >= side.BegunAtMs + TalkMs)
        {
            side.Judged = true;
            ProveTalk(session, side, now);
        }
        if (!side.Acked && now >= side.AckDeadlineMs)
        {
            if (!side.PeerLost)
            {
                Publish(session, side, LeaveReason.Unresponsive);
            }
            FallBack(session, side);
        }
        else if ((side.Acked && !side.PeerAcked && now >= side.AckDeadlineMs + PeerSlackMs)
            || (side is { PeerAway: true, PeerLost: false } && now >= side.PeerAwaySinceMs + _options.GraceMs + PeerSlackMs))
        {
            // The peer's own host would have spoken long ago; it is gone with the peer.
            Publish(session, side, LeaveReason.Unresponsive);
            PeerLeftRoom(session, side, LeaveReason.Gone);
        }
        else
        {
            NoticePeerAway(session, side, now);
        }
    }

    private void Expire(UserSession session)
    {
        if (session.Room is { } side)
        {
            Leave(session, side, LeaveReason.Gone, toldReason: null);
        }
        else
        {
            StopNow(session);
        }
        Forget(session);
        Counters.CountExpired();
    }

    /// <summary>When this session next needs a look if nothing else happens.</summary>
    private long NextDueMs(UserSession session)
    {
        var due = session.Away ? session.AwaySinceMs + _options.GraceMs : long.MaxValue;
        if (session.Held is not null)
        {
            due = Math.Min(due, session.HeldUntilMs);
        }
        if (session.Paused)
        {
            due = Math.Min(due, session.PausedUntilMs);
        }
        if (session.Room is { } side)
        {
            if (AwaitsJudgement(session, side))
            {
                due = Math.Min(due, side.BegunAtMs + TalkMs);
            }
            if (!side.Acked)
            {
                due = Math.Min(due, side.AckDeadlineMs);
            }
            else if (!side.PeerAcked)
            {
                due = Math.Min(due, side.AckDeadlineMs + PeerSlackMs);
            }
            // A peer that is lost already has no more times; this side's own time to acknowledge runs on.
            if (side is { PeerAway: true, PeerLost: false })
            {
                due = Math.Min(due, side.PeerAwayTold || session.Away
                    ? side.PeerAwaySinceMs + _options.GraceMs + PeerSlackMs
                    : side.PeerAwaySinceMs + _options.AwayNoticeMs);
            }
        }
        return due;
    }

    /// <summary>
    /// Makes sure the session is looked at in time. An entry that comes too early is harmless, so entries are never
    /// searched for and taken out, only dropped when they come to the front; at most one per session is live.
    /// </summary>
    private void Reschedule(UserSession session)
    {
        // Never in the present: whatever a session's state, the timer's loop must come to its end.
        var due = session.Removed ? long.MaxValue : Math.Max(NextDueMs(session), _clock.NowMs + 1);
        if (due >= session.QueuedDueMs)
        {
            return;
        }
        Queue(session, due);
        DropMet();
        if (due < _timerDueMs)
        {
            Arm();
        }
    }

    private void Queue(UserSession session, long due)
    {
        session.QueuedDueMs = due;
        _deadlines.Enqueue(session, due);
    }

    // Nearly every deadline is met, most within a round trip; dropped before its time comes, it wakes nobody.
    private void DropMet()
    {
        for (var i = 0; i < MostDropped && _deadlines.TryPeek(out var session, out var due); i++)
        {
            var live = !session.Removed && session.QueuedDueMs == due;
            var next = live ? NextDueMs(session) : long.MaxValue;
            if (next <= due)
            {
                return;
            }
            _deadlines.Dequeue();
            if (live)
            {
                session.QueuedDueMs = long.MaxValue;
            }
            if (next < long.MaxValue)
            {
                Queue(session, next);
            }
        }
    }

    private void Arm()
    {
        DropMet();
        if (!_deadlines.TryPeek(out _, out var due))
        {
            return;
        }
        // Every wake-up costs a thread of the pool more than what it does: deadlines close together share one.
        due = Math.Max(due, _lastLookMs + LookGapMs);
        if (due < _timerDueMs)
        {
            _timerDueMs = due;
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, due - _clock.NowMs)), Timeout.InfiniteTimeSpan);
        }
    }
}
