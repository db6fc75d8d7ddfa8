using System.Collections.Immutable;

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
                into.Add(new SessionChange(session.User, session.Removed ? null : Snapshot(session)));
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
            var byUser = snapshots.Take(_options.MaxSessions).ToDictionary(snapshot => snapshot.User);
            foreach (var snapshot in byUser.Values)
            {
                var session = new UserSession(new UserId(snapshot.User)) { AwaySinceMs = now };
                session.Blocked = blocks(session.User);
                if (snapshot is { LastPartner: { } partner, LastRoom: { } lastRoom })
                {
                    session.Last = new(
                        new(lastRoom), new(partner), snapshot.LastChat, snapshot.LastEndedAtMs, LeaveReason.Gone) { Told = true };
                }
                if (snapshot.Room is { } room
                    && byUser.TryGetValue(room.Peer, out var peer)
                    && peer.Room?.Room == room.Room)
                {
                    RestoreRoom(session, room, now);
                    inRooms++;
                }
                else if ((snapshot.Ticket ?? snapshot.Room?.Search) is { } ticket)
                {
                    RestoreSearch(session, ticket);
                    SetState(session, ClientState.Searching);
                    searching++;
                }
                _sessions[session.User] = session;
                MarkDirty(session);
                Reschedule(session);
            }
        }
        return (searching, inRooms);
    }

    private void RestoreRoom(UserSession session, RoomSnapshot room, long now)
    {
        RestoreSearch(session, room.Search);
        var inbox = new RelayInbox(new(room.Room), _options.AwayFrames, _options.AwayBytes, Relay);
        session.Inbox = inbox;
        session.Room = new RoomSide
        {
            Offer = new(
                inbox.Room, session.User, 0, new(room.Peer), Self, room.Chat, ImmutableArray.Create(room.Common)),
            Inbox = inbox,
            PeerHost = Self,
            // An acknowledgement may have been lost with the process; that both come back is as good.
            AckDeadlineMs = now,
            Acked = true,
            PeerAcked = true,
            PeerAway = true,
            PeerAwaySinceMs = now,
        };
        SetState(session, ClientState.InRoom);
        CountRoom(session.Room, +1);
    }

    private static void RestoreSearch(UserSession session, TicketSnapshot ticket)
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

    private static SessionSnapshot? Snapshot(UserSession session)
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
                    Chat = side.Offer.Chat,
                    Common = [.. side.Offer.Common],
                    Search = search!,
                    Acked = side.Acked,
                    PeerAcked = side.PeerAcked,
                }
                : null,
            LastPartner = session.Last?.Partner.Value,
            LastRoom = session.Last?.Room.Value,
            LastChat = session.Last?.Chat ?? default,
            LastEndedAtMs = session.Last?.EndedAtMs ?? 0,
        };
    }

    private void MarkDirty(UserSession session) => _dirty?.Add(session);
}
