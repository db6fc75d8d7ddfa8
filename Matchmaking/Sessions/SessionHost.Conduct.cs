namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    /// <summary>How long two must have been together, frames flowing both ways, for it to prove them good, in ms.</summary>
    public const int TalkMs = 3_000;

    /// <summary>From when on a peer that answers nothing in a call counts as silent, in ms; a page answers within a round trip.</summary>
    public const int MuteMs = 1_000;

    /// <summary>Time without a failure after which earlier ones do not count, in ms.</summary>
    public const int FailureDecayMs = 600_000;

    /// <summary>
    /// The user let a match run out unacknowledged: it is not matched again for a while, however it comes back within its
    /// grace. A fresh identity is not caught by this; what its network may do is bounded by the pool.
    /// </summary>
    private void Fail(UserSession session, RoomSide side)
    {
        var now = _clock.NowMs;
        session.Failures = now >= session.FailedAtMs + FailureDecayMs ? 1 : session.Failures + 1;
        session.FailedAtMs = now;
        session.PausedUntilMs = now + NetworkRules.Pause(_options.UnansweredPauseMs, session.Failures);
        session.Proven = false;
        MarkDirty(session);
        if (!side.PeerAcked && IsElsewhere(session, side))
        {
            // A peer that acknowledged says so itself, before its own search goes on.
            Judge(side.Offer.Chat, new Conduct(session.User, session.From, Good: false));
        }
    }

    /// <summary>Tells the pool that the peer was silent. Comes before this user's next ticket, which must not meet the like.</summary>
    private void Condemn(UserSession session, RoomSide side)
    {
        if (IsElsewhere(session, side))
        {
            Judge(side.Offer.Chat, new Conduct(side.Offer.Peer, side.Offer.PeerFrom, Good: false));
        }
    }

    /// <summary>
    /// In a call the page of an honest peer answers by itself. In a text chat nobody has to type, so silence after the
    /// acknowledgement proves nothing; what silent people of one network can do there is bounded by its places.
    /// </summary>
    private bool IsMute(UserSession session, RoomSide side) =>
        side is { Acked: true, Spoke: true, PeerAway: false }
        && !(side.PeerAcked && side.Offer.Chat == ChatType.Text)
        && !side.Brought
        && !session.Away
        && !side.Inbox.HasTaken
        && _clock.NowMs >= side.BegunAtMs + MuteMs;

    /// <summary>
    /// Frames both ways for some seconds with somebody of another network, who stayed: nothing that one who only acknowledges,
    /// or plays both sides from one address, can have. Looked at once when the time is up and once at the room's end.
    /// </summary>
    private void ProveTalk(UserSession session, RoomSide side, long now)
    {
        if (!session.Proven
            && side is { Acked: true, PeerAcked: true, Spoke: true }
            && side.Inbox.HasTaken
            && now >= side.BegunAtMs + TalkMs
            && IsElsewhere(session, side))
        {
            session.Proven = true;
            MarkDirty(session);
            Judge(side.Offer.Chat, new Conduct(session.User, session.From, Good: true));
        }
    }

    private void Judge(ChatType chat, Conduct conduct) =>
        _outbox.Enqueue(new Effect(EffectKind.Judge, new Judgement(chat, conduct)));

    private static bool AwaitsJudgement(UserSession session, RoomSide side) =>
        !session.Proven && side is { Judged: false, Acked: true, PeerAcked: true } && !session.From.IsNone;

    // Nobody's network is taken for another one: where addresses are not known, nothing is bounded by them.
    private static bool IsElsewhere(UserSession session, RoomSide side) =>
        session.From.IsNone || side.Offer.PeerFrom != session.From;

    /// <summary>Whether a user's search waits for a pause to end.</summary>
    internal bool IsPaused(UserId user)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(user, out var session) && session.Paused;
        }
    }

    /// <summary>Leaves a search out of the pools while its user is paused; the user waits like any other.</summary>
    /// <returns>False when the user is not paused.</returns>
    private bool HoldBack(UserSession session)
    {
        if (_clock.NowMs >= session.PausedUntilMs)
        {
            session.Paused = false;
            return false;
        }
        session.Paused = true;
        session.TicketSent = false;
        if (!session.SearchAnswered)
        {
            session.SearchAnswered = true;
            var chat = session.Request!.Chat;
            Tell(session, new Searching(chat, Math.Max(1, _ports.Waiting(chat)), false));
        }
        Reschedule(session);
        return true;
    }

    private void EndPause(UserSession session)
    {
        session.Paused = false;
        if (session is { State: ClientState.Searching, Held: null, Away: false })
        {
            Enqueue(session);
        }
    }

    private sealed record Judgement(ChatType Chat, Conduct Conduct);
}
