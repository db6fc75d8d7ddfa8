namespace Camdiv.Tests.Wire;

/// <summary>
/// Everything that matters about one client in order: what it asked for and what it was told, over all its connections.
/// Relay frames of the present room are counted only. Thread-safe.
/// </summary>
public sealed class ClientLog(string name, WireNames? names = null)
{
    private LogEvent[] _events = new LogEvent[8];
    private int _count;
    private WireId _room;
    private WireId _ackedRoom;

    /// <summary>The client's name in reports.</summary>
    public string Name { get; } = name;

    /// <summary>User ids the server gave it, the newest last; more than one when a session was not resumed.</summary>
    public List<string> Users { get; } = new(1);

    /// <summary>Relay frames received that named the present room.</summary>
    public long Frames { get; private set; }

    /// <summary>A copy of the events so far.</summary>
    public LogEvent[] Snapshot()
    {
        lock (Users)
        {
            return _events[.._count];
        }
    }

    /// <summary>Time of the newest event, in microseconds of <see cref="WireClock"/>; 0 when there is none.</summary>
    public long LastAt
    {
        get
        {
            lock (Users)
            {
                return _count > 0 ? _events[_count - 1].At : 0;
            }
        }
    }

    /// <summary>The text behind an id, as far as known.</summary>
    public string NameOf(WireId id) => names?.Find(id) ?? id.ToString();

    /// <summary>A connection is being opened.</summary>
    public void Connecting() => Add(LogKind.Connecting);

    /// <summary>The server said who the client is and where it stands.</summary>
    public void Welcomed(string user, string state, string? room)
    {
        lock (Users)
        {
            if (Users.Count == 0 || Users[^1] != user)
            {
                Users.Add(user);
            }
            _room = Id(room);
            AddLocked(LogKind.Welcome, _room, Id(user), LogCodes.State(state));
        }
    }

    /// <summary><c>start</c> goes out.</summary>
    public void Started(byte chat) => Add(LogKind.Start, detail: chat);

    /// <summary><c>stop</c> goes out.</summary>
    public void Stopped() => Add(LogKind.Stop);

    /// <summary><c>ack</c>, or a relay frame, goes out for <paramref name="room"/>; logged once per room.</summary>
    public void Acked(WireId room)
    {
        lock (Users)
        {
            if (_ackedRoom != room)
            {
                _ackedRoom = room;
                AddLocked(LogKind.Ack, room, default, 0);
            }
        }
    }

    /// <summary><c>block</c> goes out.</summary>
    public void Blocked(WireId room) => Add(LogKind.Block, room);

    /// <summary>The test cuts the socket.</summary>
    public void Dropped() => Add(LogKind.Drop);

    /// <summary>The connection ended.</summary>
    public void Closed() => Add(LogKind.Closed);

    /// <summary><c>searching</c> came.</summary>
    public void Searching(byte chat, bool requeued)
    {
        lock (Users)
        {
            _room = default;
            AddLocked(LogKind.Searching, default, default, With(chat, requeued));
        }
    }

    /// <summary><c>matched</c> came.</summary>
    public void Matched(WireId room, string? self, string? peer, bool initiator, byte chat)
    {
        var larger = initiator && string.CompareOrdinal(self, peer) > 0;
        lock (Users)
        {
            _room = room;
            Grow() = new LogEvent(
                WireClock.Now,
                room,
                Id(peer),
                LogKind.Matched,
                (byte)(With(chat, initiator) | (larger ? LogEvent.Larger : 0)),
                Id(self));
        }
    }

    /// <summary><c>peer-left</c> came.</summary>
    public void PeerLeft(WireId room, byte reason)
    {
        lock (Users)
        {
            if (_room == room)
            {
                _room = default;
            }
            AddLocked(LogKind.PeerLeft, room, default, reason);
        }
    }

    /// <summary><c>peer-away</c> or <c>peer-back</c> came.</summary>
    public void PeerMoved(WireId room, bool away) => Add(away ? LogKind.PeerAway : LogKind.PeerBack, room);

    /// <summary><c>error</c> came.</summary>
    public void Error() => Add(LogKind.Error);

    /// <summary>A relay frame came.</summary>
    public void Frame(WireId room)
    {
        lock (Users)
        {
            Frames++;
            if (room != _room)
            {
                AddLocked(LogKind.StrayFrame, room, default, 0);
            }
        }
    }

    /// <summary>Hashes an id, remembering its text where the test keeps names.</summary>
    public WireId Id(string? text) =>
        string.IsNullOrEmpty(text) ? default : names?.Remember(text) ?? WireId.Of(text);

    /// <summary>Appends an event as it is: for tests of the checker.</summary>
    public void Append(LogEvent entry)
    {
        lock (Users)
        {
            Grow() = entry;
        }
    }

    private static byte With(byte chat, bool flag) => flag ? (byte)(chat | LogEvent.Flag) : chat;

    private void Add(LogKind kind, WireId room = default, byte detail = 0)
    {
        lock (Users)
        {
            AddLocked(kind, room, default, detail);
        }
    }

    private void AddLocked(LogKind kind, WireId room, WireId peer, byte detail) =>
        Grow() = new LogEvent(WireClock.Now, room, peer, kind, detail);

    private ref LogEvent Grow()
    {
        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _count < 1024 ? _count * 2 : _count + (_count / 4));
        }
        return ref _events[_count++];
    }
}
