namespace Camdiv.Tests.Wire;

/// <summary>
/// Reads one client's log in order and checks the rules that one client can see by itself; what others must confirm goes
/// to the timeline, the room table and the list of long waits.
/// </summary>
internal sealed class ClientWalk(
    ClientTimeline client, RoomTable rooms, List<Wait> waits, InvariantOptions options, InvariantReport report)
{
    private const long Never = -1;

    private readonly long _crossing = WireClock.Micros(options.Crossing);
    private readonly long _strandedAfter = WireClock.Micros(options.StrandedAfter);
    private readonly long _ack = WireClock.Micros(options.Ack);

    private WireId _room, _lastRoom, _claimed;
    private bool _leaving;
    private long _matchedAt, _ackedAt = Never, _stoppedAt = Never, _unansweredSince = Never, _requeueDueSince = Never;
    private long _waitingSince = Never, _endedAt = Never;
    private bool _stopTaken;
    private int _waitingChat;
    private int _openStarts;
    private long _lastStartAt = Never;

    public void Run(ReadOnlySpan<LogEvent> events, long end)
    {
        foreach (ref readonly var entry in events)
        {
            Step(entry);
        }
        SettleUnanswered(end);
        SettleRequeue(end);
        EndWait(end);
    }

    private void Step(in LogEvent entry)
    {
        _stopTaken |= IsWord(entry.Kind) && _stoppedAt != Never && entry.At - _stoppedAt > _crossing;
        switch (entry.Kind)
        {
            case LogKind.Connecting:
                client.Opened(entry.At);
                break;
            case LogKind.Welcome:
                OnWelcome(entry);
                break;
            case LogKind.Start:
                OnStart(entry);
                break;
            case LogKind.Stop:
                OnStop(entry);
                break;
            case LogKind.Ack when entry.Room == _room:
                _ackedAt = entry.At;
                break;
            case LogKind.Block:
                OnBlock(entry);
                break;
            case LogKind.Drop or LogKind.Closed:
                client.Ended(entry.At, _waitingSince != Never || _unansweredSince != Never);
                _endedAt = entry.At;
                Settle(entry.At);
                break;
            case LogKind.Searching:
                OnSearching(entry);
                break;
            case LogKind.Matched:
                OnMatched(entry);
                break;
            case LogKind.PeerLeft:
                OnPeerLeft(entry);
                break;
            case LogKind.PeerAway or LogKind.PeerBack when entry.Room != _room:
                Stale(entry, entry.Kind == LogKind.PeerAway ? "peer-away" : "peer-back");
                break;
            case LogKind.StrayFrame:
                Stale(entry, "a relay frame");
                break;
            case LogKind.Error:
                _unansweredSince = Never;
                break;
        }
    }

    private void OnWelcome(in LogEvent entry)
    {
        client.User = entry.Peer;
        Settle(entry.At);
        JudgeStop(entry);
        _endedAt = Never;
        switch (entry.Detail)
        {
            case LogCodes.InRoom:
                if (entry.Room != _room)
                {
                    EnterRoom(entry.Room, entry.At);
                }
                rooms.Confirmed(entry.Room, client);
                break;
            case LogCodes.Searching:
                _claimed = _room;
                LeaveRoom();
                BeginWait(entry.At, _waitingChat);
                break;
            default:
                _claimed = _room;
                LeaveRoom();
                break;
        }
    }

    private void OnStart(in LogEvent entry)
    {
        _stoppedAt = Never;
        _openStarts++;
        _lastStartAt = entry.At;
        _leaving |= !_room.IsNone;
        SettleRequeue(entry.At);
        if (_waitingSince != Never && _waitingChat == entry.Chat)
        {
            return;
        }
        EndWait(entry.At);
        SettleUnanswered(entry.At);
        _unansweredSince = entry.At;
        _waitingChat = entry.Chat;
    }

    /// <summary>
    /// A stop is never answered, so one that was followed by the connection's end may have gone down with it, and the
    /// server that knows of none has the client where it was. That the server took it shows by any word of it after the
    /// stop had the time to arrive, or by a connection that lasted on.
    /// </summary>
    private void JudgeStop(in LogEvent welcome)
    {
        if (_stoppedAt == Never || welcome.Detail == LogCodes.Idle)
        {
            return;
        }
        var lasted = (_endedAt == Never ? welcome.At : _endedAt) - _stoppedAt;
        if (_stopTaken || lasted > _strandedAfter)
        {
            var where = welcome.Detail == LogCodes.InRoom ? $"in room {Name(welcome.Room)}" : "searching";
            Report(Invariant.Exclusivity, welcome.At, $"welcomed {where} though it had stopped");
        }
        _stoppedAt = Never;
        _leaving = false;
    }

    private static bool IsWord(LogKind kind) => kind
        is LogKind.Searching or LogKind.Matched or LogKind.PeerLeft or LogKind.PeerAway or LogKind.PeerBack
        or LogKind.StrayFrame or LogKind.Error;

    private void OnStop(in LogEvent entry)
    {
        _stoppedAt = entry.At;
        _stopTaken = false;
        _leaving |= !_room.IsNone;
        Settle(entry.At);
    }

    private void OnBlock(in LogEvent entry)
    {
        if (entry.Room == _room || entry.Room == _lastRoom)
        {
            _leaving |= entry.Room == _room;
            client.BlockedIn.Add((entry.Room, entry.At));
        }
    }

    private void OnSearching(in LogEvent entry)
    {
        if (!_room.IsNone && !MayHaveLeft(entry.At))
        {
            Report(Invariant.Exclusivity, entry.At, $"searching while in room {Name(_room)}, which nobody left");
        }
        if (!entry.Flagged)
        {
            _openStarts = Math.Max(0, _openStarts - 1);
        }
        LeaveRoom();
        SettleUnanswered(entry.At);
        SettleRequeue(entry.At);
        if (_stoppedAt != Never)
        {
            // The answer to an earlier start crossed the stop: no wait begins.
            if (entry.At - _stoppedAt > _crossing)
            {
                Report(Invariant.Exclusivity, entry.At, "searching though it had stopped");
            }
        }
        else if (_waitingSince == Never || _waitingChat != entry.Chat)
        {
            EndWait(entry.At);
            BeginWait(entry.At, entry.Chat);
        }
    }

    private void OnMatched(in LogEvent entry)
    {
        if (entry.Peer == entry.Self)
        {
            Report(Invariant.Exclusivity, entry.At, $"matched with itself in room {Name(entry.Room)}");
        }
        if (!_room.IsNone && !MayHaveLeft(entry.At))
        {
            Report(
                Invariant.Exclusivity,
                entry.At,
                $"matched in room {Name(entry.Room)} while in room {Name(_room)}, which nobody left");
        }
        if (_stoppedAt != Never && entry.At - _stoppedAt > _crossing)
        {
            Report(Invariant.Exclusivity, entry.At, $"matched in room {Name(entry.Room)} though it had stopped");
        }
        if (_waitingSince == Never)
        {
            _openStarts = Math.Max(0, _openStarts - 1);
        }
        Settle(entry.At);
        EnterRoom(entry.Room, entry.At);
        rooms.Told(client, entry);
    }

    private void OnPeerLeft(in LogEvent entry)
    {
        if (entry.Room != _room)
        {
            if (_claimed.IsNone || entry.Room != _claimed)
            {
                Stale(entry, "peer-left");
            }
            _claimed = default;
            return;
        }
        // Whoever acknowledged well in time goes back to the queue; near the deadline either word may have won.
        var ackedInTime = _ackedAt != Never && _ackedAt - _matchedAt < _ack / 2;
        if (entry.Detail == LogCodes.Unresponsive && ackedInTime && !_leaving)
        {
            _requeueDueSince = entry.At;
        }
        LeaveRoom();
    }

    /// <summary>Whether a start or stop of this client explains that the server took it out of its room.</summary>
    private bool MayHaveLeft(long at) =>
        _leaving || (_openStarts > 0 && at - _lastStartAt <= _crossing);

    private void EnterRoom(WireId room, long at)
    {
        if (!_room.IsNone)
        {
            LeaveRoom();
        }
        _room = room;
        _claimed = default;
        _leaving = _stoppedAt != Never;
        _matchedAt = at;
        _ackedAt = Never;
    }

    private void LeaveRoom()
    {
        if (!_room.IsNone)
        {
            _lastRoom = _room;
        }
        (_room, _leaving) = (default, false);
    }

    private void Settle(long at)
    {
        SettleUnanswered(at);
        SettleRequeue(at);
        EndWait(at);
    }

    private void SettleUnanswered(long at)
    {
        if (_unansweredSince != Never && at - _unansweredSince > _strandedAfter)
        {
            Report(
                Invariant.Stranded,
                at,
                $"heard neither searching nor matched for {(at - _unansweredSince) / 1e6:f1} s after start");
        }
        _unansweredSince = Never;
    }

    private void SettleRequeue(long at)
    {
        if (_requeueDueSince != Never && at - _requeueDueSince > _strandedAfter)
        {
            Report(
                Invariant.Stranded,
                at,
                $"not put back into the queue for {(at - _requeueDueSince) / 1e6:f1} s after its peer was unresponsive");
        }
        _requeueDueSince = Never;
    }

    private void BeginWait(long at, int chat) => (_waitingSince, _waitingChat) = (at, chat);

    private void EndWait(long at)
    {
        if (_waitingSince != Never && at - _waitingSince > _strandedAfter)
        {
            waits.Add(new Wait(client, _waitingChat, _waitingSince, at));
        }
        _waitingSince = Never;
    }

    private void Stale(in LogEvent entry, string what) =>
        Report(
            Invariant.Stale,
            entry.At,
            $"got {what} of room {Name(entry.Room)} while in {(_room.IsNone ? "no room" : "room " + Name(_room))}");

    private void Report(Invariant invariant, long at, string sentence) =>
        report.Add(new Violation(invariant, client.Log.Name, at, sentence));

    private string Name(WireId id) => client.Log.NameOf(id);
}
