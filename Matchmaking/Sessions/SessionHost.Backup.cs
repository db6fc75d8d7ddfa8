namespace Camdiv.Matchmaking;

public sealed partial class SessionHost
{
    private HashSet<UserSession>? _dirty;

    /// <summary>Starts to remember which sessions changed, for <see cref="TakeChanges"/>.</summary>
    public void TrackChanges()
    {
        lock (_gate)
        {
            _dirty ??= [];
        }
    }

    /// <summary>Moves the sessions changed since the last call into <paramref name="into"/>, newest state each.</summary>
    public void TakeChanges(List<SessionChange> into)
    {
        lock (_gate)
        {
            if (_dirty is null)
            {
                return;
            }
            foreach (var session in _dirty)
            {
                into.Add(new SessionChange(session.User, session.Removed ? null : Snapshot(session)) { Life = session.Life });
            }
            _dirty.Clear();
        }
    }

    /// <summary>Puts sessions back, all away, each with a full grace from now. A room comes back only with both members.</summary>
    /// <returns>How many came back searching, and how many members in rooms.</returns>
    public (int Searching, int InRooms) Restore(IEnumerable<SessionSnapshot> snapshots, Func<UserId, BlockSet> blocks)
    {
        var (searching, inRooms) = (0, 0);
        lock (_gate)
        {
            var now = _clock.NowMs;
            var byUser = new Dictionary<string, SessionSnapshot>();
            foreach (var snapshot in SessionMoments.UpTo(now, [.. snapshots.Take(_options.MaxSessions)]))
            {
                byUser[snapshot.User] = snapshot;
            }
            foreach (var snapshot in byUser.Values)
            {
                var session = Revive(snapshot, now, blocks(new UserId(snapshot.User)));
                if (snapshot.Room is { } room
                    && room.Peer != snapshot.User
                    && byUser.TryGetValue(room.Peer, out var peer)
                    && peer.Room is { } theirs
                    && theirs.Room == room.Room
                    && theirs.Seat == room.PeerSeat
                    && theirs.Peer == snapshot.User)
                {
                    ReviveRoom(session, room, Self, now);
                    session.Room!.PeerAway = true;
                    session.Room.PeerAwaySinceMs = now;
                    inRooms++;
                }
                else if ((snapshot.Ticket ?? snapshot.Room?.Search) is { } ticket)
                {
                    ReviveSearch(session, ticket);
                    SetState(session, ClientState.Searching);
                    searching++;
                }
                Settle(session);
            }
        }
        return (searching, inRooms);
    }

    private SessionSnapshot? Snapshot(UserSession session)
    {
        if (session.State == ClientState.Idle && session.Last is null)
        {
            return null;
        }
        var search = session.Request is { } request
            ? new TicketSnapshot
            {
                Chat = request.Chat,
                Interests = [.. request.Interests],
                Languages = [.. request.Languages],
                SinceMs = session.SinceMs,
                Front = session.Front,
            }
            : null;
        return new SessionSnapshot
        {
            User = session.User.Value,
            Ticket = session.State == ClientState.Searching ? search : null,
            Room = session.Room is { } side
                ? new RoomSnapshot
                {
                    Room = side.Id.Value,
                    Peer = side.Offer.Peer.Value,
                    Seat = side.Offer.Seat.Value,
                    PeerSeat = side.Offer.PeerSeat.Value,
                    Chat = side.Offer.Chat,
                    Common = [.. side.Offer.Common],
                    Search = search!,
                    Acked = side.Acked,
                    PeerAcked = side.PeerAcked,
                    PeerHost = side.PeerHost.Value,
                    Version = side.Version,
                    PeerVersion = side.PeerVersion,
                    AckDeadlineMs = side.AckDeadlineMs,
                    Reported = side.Reported,
                }
                : null,
            LastPartner = session.Last?.Partner.Value,
            LastRoom = session.Last?.Room.Value,
            LastChat = session.Last?.Chat ?? default,
            LastEndedAtMs = session.Last?.EndedAtMs ?? 0,
            Proven = session.Proven,
            Failures = session.Failures,
            PauseMs = Math.Max(0, session.PausedUntilMs - _clock.NowMs),
            LastReported = session.Last?.Reported ?? false,
        };
    }

    private void MarkDirty(UserSession session) => _dirty?.Add(session);
}
