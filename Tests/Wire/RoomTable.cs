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

    private readonly record struct Side(ClientTimeline? Who, WireId User, WireId Peer, long At, bool Initiator);

    private readonly Dictionary<WireId, Room> _rooms = [];

    public int Count => _rooms.Count;

    /// <summary>A client got <c>matched</c>.</summary>
    public void Told(ClientTimeline who, in LogEvent matched)
    {
        report.Matches++;
        var side = new Side(who, who.User, matched.Peer, matched.At, matched.Flagged);
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
    public void Check(IReadOnlyDictionary<WireId, ClientTimeline> users, long end)
    {
        foreach (var (id, room) in _rooms)
        {
            if (room.First.Who is null)
            {
                continue;
            }
            CheckGhost(id, room.First, users);
            if (room.Second.Who is null)
            {
                CheckOneSided(id, room, users, end);
                continue;
            }
            CheckGhost(id, room.Second, users);
            CheckPair(id, room.First, room.Second);
        }
    }

    private void CheckPair(WireId id, Side a, Side b)
    {
        if (a.Peer != b.User || b.Peer != a.User)
        {
            Report(
                Invariant.Symmetry,
                b,
                $"room {Name(b, id)} was told with {Name(b, b.Peer)} here and with {Name(a, a.Peer)} at {a.Who!.Log.Name}");
            return;
        }
        if (a.Initiator == b.Initiator)
        {
            var how = a.Initiator ? "two initiators" : "no initiator";
            Report(Invariant.Symmetry, b, $"room {Name(b, id)} has {how}");
            return;
        }
        var (first, second) = a.Initiator ? (a, b) : (b, a);
        if (TextOf(first) is { } smaller && TextOf(second) is { } larger && string.CompareOrdinal(smaller, larger) > 0)
        {
            Report(Invariant.Symmetry, first, $"the initiator of room {Name(first, id)} has the larger user id");
        }
    }

    private void CheckOneSided(WireId id, in Room room, IReadOnlyDictionary<WireId, ClientTimeline> users, long end)
    {
        var told = room.First;
        if (!users.TryGetValue(told.Peer, out var peer))
        {
            if (options.ClosedWorld)
            {
                Report(Invariant.Symmetry, told, $"told of {Name(told, told.Peer)}, whom no client here is");
            }
            return;
        }
        var margin = WireClock.Micros(options.GhostTolerance);
        var alive = peer.ConnectedThrough(told.At - margin, told.At + margin);
        if (peer != told.Who && peer != room.Confirmed && alive && told.At + margin < end)
        {
            Report(
                Invariant.Symmetry,
                told,
                $"told of room {Name(told, id)} with {peer.Log.Name}, which was connected and heard nothing of it");
        }
    }

    private void CheckGhost(WireId id, Side told, IReadOnlyDictionary<WireId, ClientTimeline> users)
    {
        if (users.TryGetValue(told.Peer, out var peer)
            && peer.GoneSince(told.At) is { } since
            && told.At - since > WireClock.Micros(options.GhostTolerance))
        {
            Report(
                Invariant.Ghost,
                told,
                $"told of room {Name(told, id)} with {peer.Log.Name}, which had been gone for {(told.At - since) / 1e6:f2} s");
        }
    }

    private static string? TextOf(Side side)
    {
        var user = side.User;
        return side.Who!.Log.Users.Find(text => WireId.Of(text) == user);
    }

    private static string Name(Side side, WireId id) => side.Who!.Log.NameOf(id);

    private void Report(Invariant invariant, Side side, string sentence) =>
        report.Add(new Violation(invariant, side.Who!.Log.Name, side.At, sentence));
}
