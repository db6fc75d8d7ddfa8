using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Embedded;

/// <summary>A user whom several threads drive at once and another one tells things.</summary>
internal sealed class StressUser(IMatchmaker engine, int number, StrongBox<int> told)
{
    private readonly Lock _connecting = new();
    private volatile StressLink? _link;
    private volatile IUserConnection? _connection;
    private long _frames;

    public UserId Id { get; } = new(string.Create(CultureInfo.InvariantCulture, $"u{number:00}"));

    /// <summary>Every room this user was ever told of.</summary>
    public ConcurrentDictionary<RoomId, Matched> Rooms { get; } = new();

    public ConcurrentQueue<string> Wrong { get; } = new();

    public RoomId? Present => _link!.Present;

    public IUserConnection Connection => _connection!;

    public void Connect()
    {
        lock (_connecting)
        {
            var link = new StressLink(this);
            _connection = engine.ConnectAsync(new Arrival(Id, true, null), link, default).AsTask().Result;
            _link = link;
        }
    }

    public void Start() => Connection.Start(SearchRequest.ForAnyone(ChatType.Video));

    public void Stop() => Connection.Stop();

    public void Acknowledge()
    {
        if (Present is { } room)
        {
            Connection.Acknowledge(room);
        }
    }

    public void SendFrame()
    {
        if (Present is { } room)
        {
            var frame = Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $">{room}|{Interlocked.Increment(ref _frames)}"));
            Connection.Relay(frame.AsSpan(1, room.Value.Length), frame);
        }
    }

    private void CountTold() => Interlocked.Increment(ref told.Value);

    public void Drop()
    {
        _link!.Open = false;
        Connection.Detach();
    }

    /// <summary>Checks what one connection is told, in the order it is told.</summary>
    private sealed class StressLink(StressUser user) : IClientLink
    {
        private readonly Lock _gate = new();
        private bool _welcomed;
        private volatile Matched? _latest;
        private volatile Matched? _present;

        public bool Open { get; set; } = true;

        public RoomId? Present => _present?.Room;

        public bool IsAlive => Open;

        public bool Deliver(ServerEvent message)
        {
            lock (_gate)
            {
                Check(message);
            }
            return Open;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame)
        {
            var text = Encoding.ASCII.GetString(frame);
            if (_latest is not { } latest || !text.StartsWith($">{latest.Room}|", StringComparison.Ordinal))
            {
                user.Wrong.Enqueue($"frame {text} after {_latest}");
            }
            return Open;
        }

        public void Close(LinkCloseReason reason) => Open = false;

        private void Check(ServerEvent message)
        {
            if (message is Welcome != !_welcomed)
            {
                user.Wrong.Enqueue($"{message} at the wrong place");
            }
            _welcomed = true;
            switch (message)
            {
                case Welcome { Match: { } match }:
                    Enter(match);
                    break;
                case Matched match:
                    Enter(match);
                    break;
                case Searching:
                    _present = null;
                    break;
                case PeerLeft { Room: var room }:
                    About(room);
                    _present = null;
                    break;
                case PeerAway { Room: var room }:
                    About(room);
                    break;
                case PeerBack { Room: var room }:
                    About(room);
                    break;
            }
        }

        private void Enter(Matched match)
        {
            _latest = _present = match;
            user.Rooms[match.Room] = match;
            user.CountTold();
        }

        private void About(RoomId room)
        {
            if (_latest?.Room != room)
            {
                user.Wrong.Enqueue($"word of {room} after {_latest}");
            }
        }
    }
}
