namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    internal void Acknowledge(UserConnection connection, RoomId room, bool spoke)
    {
        lock (_gate)
        {
            if (Live(connection) is not { Room: { } side } session || side.Id != room)
            {
                return;
            }
            side.Spoke |= spoke;
            if (side.Acked)
            {
                return;
            }
            side.Acked = true;
            session.Failures /= 2;
            MarkDirty(session);
            if (side.PeerLost)
            {
                FallBack(session, side);
            }
            else
            {
                Publish(session, side);
                Reschedule(session);
            }
        }
        Drain();
    }

    /// <summary>Takes in what a peer's host says of a member.</summary>
    /// <returns>False when the room is not known here (any more).</returns>
    public bool Apply(MemberUpdate update)
    {
        bool known;
        lock (_gate)
        {
            known = ApplyNow(update);
        }
        Drain();
        return known;
    }

    /// <summary>Hands a frame that came from another gateway to the member it is for.</summary>
    public RelayOutcome AcceptFrame(UserId user, RoomId room, long number, ReadOnlySpan<byte> frame) =>
        _sessions.TryGetValue(user, out var session) && session.Inbox is { } inbox && inbox.Room == room
            ? inbox.Accept(frame, number)
            : RelayOutcome.Stale;

    private bool ApplyNow(MemberUpdate update)
    {
        if (!_sessions.TryGetValue(update.To, out var session))
        {
            return false;
        }
        if (session is { Held: { } held, HeldConfirmed: true } && held.Room == update.Room)
        {
            // The peer has been told, so the verdict was a match; it is still on its way here.
            EnterRoom(session, held);
        }
        if (session.Room is not { } side || side.Id != update.Room || side.Offer.Peer != update.From)
        {
            return false;
        }
        if (update.Version <= side.PeerVersion)
        {
            return true;
        }
        side.PeerVersion = update.Version;
        if (side.PeerHost != update.FromHost)
        {
            side.PeerHost = update.FromHost;
            SetRoute(session, side);
            // What was sent to the former host may be lost with it; the newest state says it all.
            Publish(session, side);
        }
        side.PeerAcked |= update.Acked;
        if (update.Left is { } reason)
        {
            PeerLeftRoom(session, side, reason);
            return true;
        }
        if (update.Away != side.PeerAway)
        {
            side.PeerAway = update.Away;
            side.PeerAwaySinceMs = _clock.NowMs;
            if (!update.Away && side.PeerAwayTold)
            {
                side.PeerAwayTold = false;
                Tell(session, new PeerBack(side.Id));
            }
        }
        MarkDirty(session);
        Reschedule(session);
        return true;
    }

    private void PeerLeftRoom(UserSession session, RoomSide side, LeaveReason reason)
    {
        var beforeBothAcked = reason == LeaveReason.Unresponsive
            || (reason == LeaveReason.Gone && !(side.Acked && side.PeerAcked));
        if (!beforeBothAcked)
        {
            End(session, side, reason);
            Tell(session, new PeerLeft(side.Id, reason));
        }
        else if (side.Acked || _clock.NowMs >= side.AckDeadlineMs)
        {
            FallBack(session, side);
        }
        else
        {
            // Whether this side is a survivor or unresponsive too shows when it acknowledges or its own time is up.
            side.PeerLost = true;
        }
    }

    /// <summary>The match fell through: a side that acknowledged goes back to the front, the other is idle.</summary>
    private void FallBack(UserSession session, RoomSide side)
    {
        End(session, side, LeaveReason.Unresponsive);
        Tell(session, new PeerLeft(side.Id, LeaveReason.Unresponsive));
        if (side.Acked)
        {
            Condemn(session, side);
            Requeue(session);
        }
        else
        {
            Counters.CountUnresponsive();
            Fail(session, side);
        }
    }

    /// <summary>This user leaves; the peer hears <paramref name="reason"/>.</summary>
    private void Leave(UserSession session, RoomSide side, LeaveReason reason, LeaveReason? toldReason)
    {
        if (reason != LeaveReason.Gone && IsMute(session, side))
        {
            Condemn(session, side);
        }
        End(session, side, toldReason ?? reason);
        session.Last!.Told = true;
        Publish(session, side, reason);
        if (toldReason is { } told)
        {
            Tell(session, new PeerLeft(side.Id, told));
        }
    }

    private void End(UserSession session, RoomSide side, LeaveReason reason)
    {
        var now = _clock.NowMs;
        ProveTalk(session, side, now);
        side.Inbox.Close();
        session.Inbox = null;
        session.Connection?.ClearRoute();
        session.Room = null;
        if (side is { Acked: true, PeerAcked: true, Offer.Initiator: true })
        {
            Counters.RoomEnded?.Invoke(side.Offer.Chat, now - side.BegunAtMs);
        }
        session.Last = new LastRoom(side.Id, side.Offer.Peer, side.Offer.Chat, now, reason)
        {
            Told = !session.Away,
            Reported = side.Reported,
        };
        CountRoom(side, -1);
        SetState(session, ClientState.Idle);
        Reschedule(session);
    }

    private void Publish(UserSession session, RoomSide side, LeaveReason? left = null)
    {
        side.Version = Math.Max(side.Version + 1, _clock.NowMs);
        var update = new MemberUpdate(
            side.Id, session.User, side.Offer.Peer, Self, side.Version, side.Acked, session.Away, left)
        { Heard = side.PeerVersion };
        if (side.PeerHost == Self)
        {
            ApplyNow(update);
        }
        else
        {
            _outbox.Enqueue(new Effect(EffectKind.Publish, update, Host: side.PeerHost));
        }
    }

    private void SetRoute(UserSession session, RoomSide side)
    {
        if (session.Connection is not { } connection)
        {
            return;
        }
        if (side.PeerHost != Self)
        {
            // The same way is kept while the peer stays where it is: it knows what is still on its way there.
            if (side.RemoteRoute is null || side.RemoteRouteHost != side.PeerHost)
            {
                // A copy does not know the last number, but its version is beyond all that its former host ever had.
                var sent = Math.Max(side.Sent, side.Version << 12);
                side.RemoteRoute = _ports.Route(side.PeerHost, side.Offer.Peer, side.Id, side.RemoteRoute, sent);
                side.RemoteRouteHost = side.PeerHost;
            }
            SendUnsent(side, side.RemoteRoute);
            connection.SetRoute(side.Id, side.RemoteRoute, side.Spoke);
        }
        else if (_sessions.TryGetValue(side.Offer.Peer, out var peer)
            && peer.Inbox is { } inbox
            && inbox.Room == side.Id)
        {
            var way = RouteHere(side, inbox);
            SendUnsent(side, way);
            connection.SetRoute(side.Id, way, side.Spoke);
        }
        else
        {
            connection.ClearRoute();
        }
    }

    private static void SendUnsent(RoomSide side, IRelayTarget way)
    {
        var unsent = side.Unsent;
        side.Unsent = [];
        foreach (var frame in unsent)
        {
            way.Accept(frame);
        }
    }

    private IRelayTarget RouteHere(RoomSide side, RelayInbox inbox)
    {
        if (side.RemoteRoute is not { } former)
        {
            return inbox;
        }
        side.RemoteRouteHost = Self;
        return side.RemoteRoute = _ports.RouteHere(inbox, former);
    }

    private void NoticePeerAway(UserSession session, RoomSide side, long now)
    {
        if (side is { PeerAway: true, PeerLost: false, PeerAwayTold: false }
            && !session.Away
            && now >= side.PeerAwaySinceMs + _options.AwayNoticeMs)
        {
            side.PeerAwayTold = true;
            Tell(session, new PeerAway(side.Id));
        }
        Reschedule(session);
    }

    // Both members' hosts know the room; the initiator's counts it, so that adding hosts up counts each room once.
    private void CountRoom(RoomSide side, int change) => _roomSides += side.Offer.Initiator ? change : 0;
}
