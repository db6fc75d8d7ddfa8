using System.Runtime.InteropServices;

namespace Camdiv.Tests.Wire;

/// <summary>Who was told of which room, and the rules that two logs together can show.</summary>
internal sealed class RoomTable(InvariantOptions options, InvariantReport report)
{
    private struct Room
    {
        public Side First, Second;
        public ClientTimeline? Confirmed;
    }

    private readonly record struct Side(
        ClientTimeline? Who, WireId User, WireId Self, WireId Peer, long At, bool Initiator, bool Larger);

    private readonly Dictionary<WireId, Room> _rooms = [];

    public int Count => _rooms.Count;

    /// <summary>A client got <c>matched</c>.</summary>
    public void Told(ClientTimeline who, in LogEvent matched)
    {
        report.Matches++;
        var larger = (matched.Detail & LogEvent.Larger) != 0;
        var side = new Side(who, who.User, matched.Self, matched.Peer, matched.At, matched.Flagged, larger);
        ref var room = ref CollectionsMarshal.GetValueRefOrAddDefault(_rooms, matched.Room, out _);
        if (room.First.Who is null)
        {
            room.First = side;
        }
        else if (room.First.Who == who || room.Second.Who == who)
        {
            Report(Invariant.Symmetry, side, $"told twice of room {Name(side, matched.Room)}");
        }
        else if (room.Second.Who is null)
        {
            room.Second = side;
        }
        else
        {
            Report(Invariant.Exclusivity, side, $"the third to be told of room {Name(side, matched.Room)}");
        }
    }

    /// <summary>A client learned from <c>welcome</c> that it is in a room.</summary>
    public void Confirmed(WireId id, ClientTimeline who)
    {
        ref var room = ref CollectionsMarshal.GetValueRefOrAddDefault(_rooms, id, out _);
        if (room.First.Who != who && room.Second.Who != who)
        {
            room.Confirmed = who;
        }
    }

    /// <summary>Checks every room once all logs are read.</summary>
    public void Check(IReadOnlyList<ClientTimeline> clients, long end)
    {
        SettleBlocks(clients);
        var alone = new List<(WireId Id, Room Room)>();
        foreach (var (id, room) in _rooms)
        {
            if (room.First.Who is null)
            {
                continue;
            }
            if (room.Second.Who is null)
            {
                alone.Add((id, room));
                continue;
            }
            CheckGhost(id, room.First, room.Second.Who);
            CheckGhost(id, room.Second, room.First.Who);
            CheckPair(id, room.First, room.Second);
        }
        CheckAlone(alone, clients, end);
    }

    // Clients know each other in a room only: whom one blocked there shows once both logs are read.
    private void SettleBlocks(IReadOnlyList<ClientTimeline> clients)
    {
        foreach (var client in clients)
        {
            foreach (var (id, at) in client.BlockedIn)
            {
                if (_rooms.TryGetValue(id, out var room))
                {
                    var other = room.First.Who == client ? room.Second : room.First;
                    client.Block(other.User, at);
                }
            }
        }
    }

    private void CheckPair(WireId id, Side a, Side b)
    {
        if (a.Peer != b.Self || b.Peer != a.Self)
        {
            Report(
                Invariant.Symmetry,
                b,
                $"room {Name(b, id)} was told with {Name(b, b.Peer)} here and with {Name(a, a.Peer)} at {a.Who!.Log.Name}");
            return;
        }
        CheckBlocked(a, b);
        CheckBlocked(b, a);
        if (a.Initiator == b.Initiator)
        {
            var how = a.Initiator ? "two initiators" : "no initiator";
            Report(Invariant.Symmetry, b, $"room {Name(b, id)} has {how}");
            return;
        }
        var initiator = a.Initiator ? a : b;
        if (initiator.Larger)
        {
            Report(Invariant.Symmetry, initiator, $"the initiator of room {Name(initiator, id)} has the larger id");
        }
    }

    private void CheckBlocked(Side side, Side other)
    {
        if (side.Who!.BlockedSince(other.User) is { } blocked && side.At - blocked > WireClock.Micros(options.Crossing))
        {
            Report(Invariant.Exclusivity, side, $"matched with {other.Who!.Log.Name}, whom it had blocked");
        }
    }

    /// <summary>
    /// Rooms of which one client alone was told. Nobody can say who its peer was, but it must be somebody whose connection
    /// ended about then, and each such end explains one room.
    /// </summary>
    private void CheckAlone(List<(WireId Id, Room Room)> alone, IReadOnlyList<ClientTimeline> clients, long end)
    {
        if (alone.Count == 0 || !options.ClosedWorld)
        {
            return;
        }
        var margin = WireClock.Micros(options.GhostTolerance);
        var ends = clients.SelectMany(client => client.Ends.Select(at => (At: at, Who: client))).OrderBy(one => one.At).ToList();
        foreach (var (id, room) in alone.OrderBy(one => one.Room.First.At))
        {
            var told = room.First;
            if (room.Confirmed is { } late)
            {
                CheckGhost(id, told, late);
                continue;
            }
            var explains = ends.FindIndex(
                one => one.Who != told.Who && one.At >= told.At - margin && one.At <= told.At + margin);
            if (explains >= 0)
            {
                ends.RemoveAt(explains);
            }
            else if (told.Self != told.Peer && told.At + margin < end && !CheckGhosts(id, told, clients))
            {
                Report(Invariant.Symmetry, told, $"told of room {Name(told, id)}, of which nobody else heard");
            }
        }
    }

    private bool CheckGhosts(WireId id, Side told, IReadOnlyList<ClientTimeline> clients)
    {
        var ghost = clients
            .Where(client => client != told.Who && client.GoneWaitingSince(told.At) is not null)
            .MaxBy(client => client.GoneWaitingSince(told.At));
        return ghost is not null && CheckGhost(id, told, ghost);
    }

    private bool CheckGhost(WireId id, Side told, ClientTimeline peer)
    {
        if (peer.GoneSince(told.At) is not { } since || told.At - since <= WireClock.Micros(options.GhostTolerance))
        {
            return false;
        }
        Report(
            Invariant.Ghost,
            told,
            $"told of room {Name(told, id)} with {peer.Log.Name}, which had been gone for {(told.At - since) / 1e6:f2} s");
        return true;
    }

    private static string Name(Side side, WireId id) => side.Who!.Log.NameOf(id);

    private void Report(Invariant invariant, Side side, string sentence) =>
        report.Add(new Violation(invariant, side.Who!.Log.Name, side.At, sentence));
}
