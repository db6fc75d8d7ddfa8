using System.Globalization;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// What one client knows of itself from what it was told and what it asked for; anything that does not follow from
/// that is a violation.
/// </summary>
internal sealed class ClientView(SimulationRun run, SimUser user)
{
    private SimLink? _link;
    private RoomId? _claimed;
    private bool _awayTold;
    private bool _fellBack;
    private long _lastFrame;

    public ClientState State { get; private set; }

    public Matched? Match { get; private set; }

    public long SinceMs { get; private set; }

    public RoomId? Room => Match?.Room;

    /// <summary>Whether the peer has sent anything in the present room.</summary>
    public bool HasHeardPeer => _lastFrame > 0;

    /// <summary>The user asked for something, and from now on believes to have it.</summary>
    public void Asked(ClientState state)
    {
        CloseRoom();
        Become(state);
    }

    /// <summary>A new connection comes up; the client remembers where it was.</summary>
    public void Connecting(SimLink link)
    {
        _link = link;
        _claimed = Room;
        _awayTold = false;
    }

    public void Hear(SimLink link, ServerEvent message)
    {
        if (link != _link)
        {
            return;
        }
        run.World.Trace.Note(user, (message as Matched)?.Room ?? (message as PeerLeft)?.Room, "hears", message);
        if (link.Heard++ == 0 != message is Welcome)
        {
            Wrong("stale", $"event {link.Heard} of a connection is {message}");
        }
        switch (message)
        {
            case Welcome welcome:
                HearWelcome(welcome);
                break;
            case Searching searching:
                HearSearching(searching);
                break;
            case Matched match:
                HearMatched(match);
                break;
            case PeerLeft left:
                HearPeerLeft(left);
                break;
            case PeerAway away:
                HearAway(away.Room, true);
                break;
            case PeerBack back:
                HearAway(back.Room, false);
                break;
        }
    }

    public void HearFrame(SimLink link, ReadOnlySpan<byte> frame)
    {
        if (link != _link)
        {
            return;
        }
        var text = Encoding.ASCII.GetString(frame);
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var room = new RoomId(text[1..bar]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var number = long.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture);
        if (room != Room)
        {
            Wrong("stale", $"frame {text} reached a client in {Room}", room);
        }
        else if (text[(bar + 1)..colon] != run.Find(Match!.Peer).Name || number <= _lastFrame)
        {
            Wrong("stale", $"frame {text} after number {_lastFrame}, peer {Match.Peer}", room);
        }
        _lastFrame = number;
        run.Frames++;
    }

    private void HearWelcome(Welcome welcome)
    {
        var (before, wasIn) = (State, Room);
        user.Remember(welcome);
        if (welcome.Match is { } match)
        {
            if (wasIn is { } old && old != match.Room)
            {
                CloseRoom();
            }
            Enter(match);
            return;
        }
        CloseRoom();
        Become(welcome.State);
        var hadPlace = before == ClientState.Searching && user.SessionLives && !user.HoldUndecided;
        if (hadPlace && welcome.State == ClientState.Idle && !user.StopUndecided)
        {
            Wrong("stranding", "the queue place was lost within the grace");
        }
        if (user.Confirmed is { Concluded: true })
        {
            user.Confirmed = null;
        }
    }

    private void HearSearching(Searching searching)
    {
        var expected = State == ClientState.Searching || (searching.Requeued && State == ClientState.Idle && _fellBack);
        _fellBack = false;
        if (!expected)
        {
            Wrong("exclusivity", $"{searching} while {State}");
        }
        if (!searching.Requeued && searching.Chat != user.Wish.Chat)
        {
            Wrong("stale", $"{searching} although {user.Wish.Chat} was asked for");
        }
        Become(ClientState.Searching);
    }

    private void HearMatched(Matched match)
    {
        var seat = run.Ledger.Get(match.Room).Seat(user);
        var overtaken = seat is { RecheckStep: > 0 } && user.LastAskStep > seat.RecheckStep;
        if (State != ClientState.Searching && !overtaken)
        {
            Wrong("exclusivity", $"{match} while {State} in {Room}", match.Room, Room);
        }
        if (overtaken)
        {
            // Asked for something else after the recheck: told, and out again at once.
            run.Ledger.Told(user, run.Find(match.Peer), match);
            seat!.Over = true;
            return;
        }
        Enter(match);
    }

    private void Enter(Matched match)
    {
        var peer = run.Find(match.Peer);
        run.Ledger.Told(user, peer, match);
        if (run.Ledger.Get(match.Room).Seat(user) is { Over: true })
        {
            Wrong("stale", $"{match.Room} is told again after it was over", match.Room);
        }
        if (Room != match.Room)
        {
            _lastFrame = 0;
        }
        Match = match;
        Become(ClientState.InRoom);
        run.Engine.Entered(user);
        user.Entered(match);
    }

    private void HearPeerLeft(PeerLeft left)
    {
        if (Room == left.Room)
        {
            JudgeReason(left);
            CloseRoom();
        }
        else if (_claimed != left.Room)
        {
            Wrong("stale", $"{left} while in {Room}", left.Room);
        }
        _claimed = null;
        _fellBack = left.Reason == LeaveReason.Unresponsive;
        Become(ClientState.Idle);
    }

    private void JudgeReason(PeerLeft left)
    {
        var peer = run.Find(Match!.Peer);
        var record = run.Ledger.Get(left.Room);
        var since = record.Seat(peer)!.RecheckStep;
        var just = left.Reason switch
        {
            LeaveReason.Next => peer.LastStartStep > since,
            LeaveReason.Stop => peer.LastStopStep > since,
            LeaveReason.Gone => peer.LastDownStep > since && !peer.BackForLong,
            LeaveReason.Blocked => user.LastStopStep > since,
            // A peer lost before both acknowledged counts as unresponsive, even if the second one does so after all.
            _ => !(record.Seat(user)!.Acked && record.Seat(peer)!.Acked) || peer.LastDownStep > since,
        };
        if (!just)
        {
            Wrong("symmetry", $"{left} although {peer} did nothing of the kind", left.Room, peer);
        }
    }

    private void HearAway(RoomId room, bool away)
    {
        if (room != Room || away == _awayTold)
        {
            Wrong("stale", $"peer {(away ? "away" : "back")} of {room} while in {Room}", room);
        }
        if (away && Match is { } match && run.Find(match.Peer) is { Connected: true, UpdatesUnderWay: 0 } peer)
        {
            Wrong("stale", $"{peer} is called away, is back, and has told so", room, peer);
        }
        _awayTold = away;
    }

    private void CloseRoom()
    {
        if (Room is { } room)
        {
            run.Ledger.Get(room).Seat(user)!.Over = true;
            Match = null;
        }
        _awayTold = false;
        _fellBack = false;
    }

    private void Become(ClientState state)
    {
        State = state;
        SinceMs = run.World.NowMs;
    }

    private void Wrong(string rule, string what, params object?[] about) =>
        run.Violations.Report(rule, $"{user}: {what}", [user, .. about]);
}
