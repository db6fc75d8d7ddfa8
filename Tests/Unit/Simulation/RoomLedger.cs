using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// What is known of every room: what its two checks saw, whom it was told to, how it ended for each. Judges symmetry,
/// ghosts and stale events.
/// </summary>
internal sealed class RoomLedger(VirtualWorld world, Violations violations, int ackMs)
{
    // A verdict lost on the way is made up for by the peer's first word: after its acknowledgement or its failing to.
    private const int TellMs = 1_500;
    private const int TellAfterFaultMs = 3_000;

    private readonly Dictionary<RoomId, RoomRecord> _rooms = [];

    /// <summary>Rooms told to both members.</summary>
    public int Matches { get; private set; }

    public RoomRecord Get(RoomId room)
    {
        if (!_rooms.TryGetValue(room, out var record))
        {
            _rooms.Add(room, record = new RoomRecord(room));
        }
        return record;
    }

    public bool HasAcked(RoomId room, SimUser user) => Get(room).Seat(user) is { Acked: true };

    public void Told(SimUser user, SimUser peer, Matched match)
    {
        var record = Get(match.Room);
        var (seat, other) = (record.Seat(user), record.Seat(peer));
        if (seat is null || other is null)
        {
            violations.Report("exclusivity", $"{match.Room} has a third member {user}", user, peer, match.Room);
            return;
        }
        if (seat.Told is not null)
        {
            return;
        }
        if (user == peer || user.HasBlocked(peer, seat.RecheckStep) || peer.HasBlocked(user, other.RecheckStep))
        {
            violations.Report("exclusivity", $"{user} was matched with {peer}: oneself or blocked", user, peer);
        }
        seat.Told = match;
        JudgeGhost(record, seat, other);
        if (other.Told is { } toldOther)
        {
            Matches++;
            JudgeAlike(user, match, toldOther, peer);
        }
        else
        {
            world.After(TellMs, () => JudgeTold(record, seat, other));
        }
        var smaller = string.CompareOrdinal(match.Self.Value, match.Peer.Value) < 0;
        if (match.Initiator != smaller)
        {
            violations.Report("symmetry", $"{user} is wrongly {(match.Initiator ? "" : "not ")}initiator", user, peer);
        }
    }

    private void JudgeAlike(SimUser user, Matched match, Matched other, SimUser peer)
    {
        if (match.Peer != other.Self
            || other.Peer != match.Self
            || match.Initiator == other.Initiator
            || match.Chat != other.Chat
            || !match.Common.SequenceEqual(other.Common))
        {
            violations.Report("symmetry", $"told {match} but the peer was told {other}", user, peer, match.Room);
        }
    }

    private void JudgeGhost(RoomRecord record, Seat seat, Seat other)
    {
        if (!record.Observed)
        {
            return;
        }
        foreach (var side in (Seat[])[seat, other])
        {
            if (side.CheckStep == 0 || !side.AliveAtCheck)
            {
                violations.Report(
                    "ghost", $"{seat.User} was told of {record.Room}, {side.User} gone at the check", seat.User, side.User);
            }
            if (side.RecheckStep == 0 || !side.AliveAtRecheck)
            {
                violations.Report(
                    "ghost", $"{seat.User} was told of {record.Room}, {side.User} gone at the recheck", seat.User, side.User);
            }
        }
    }

    /// <summary>
    /// The exact rule of symmetry: who is not told although the peer is must have had no live socket at some moment
    /// after the recheck found it alive.
    /// </summary>
    private void JudgeTold(RoomRecord record, Seat told, Seat other)
    {
        if (other.Told is not null || other.User.LastDownStep > other.RecheckStep)
        {
            return;
        }
        if (record.VerdictLost && !record.ExtraTime)
        {
            record.ExtraTime = true;
            world.After(ackMs + TellAfterFaultMs, () => JudgeTold(record, told, other));
            return;
        }
        violations.Report(
            "symmetry", $"{told.User} was told of {record.Room}, {other.User} never was", told.User, other.User, record.Room);
    }
}

/// <summary>One room, and what its two seats went through.</summary>
internal sealed class RoomRecord(RoomId room)
{
    private readonly List<Seat> _seats = new(2);

    public RoomId Room => room;

    /// <summary>Whether the handshake's calls were seen; the embedded engine's are not.</summary>
    public bool Observed;

    /// <summary>Whether a host was kept from hearing the verdict.</summary>
    public bool VerdictLost;

    public bool ExtraTime;

    public Seat? Seat(SimUser user)
    {
        var seat = _seats.Find(seat => seat.User == user);
        if (seat is null && _seats.Count < 2)
        {
            _seats.Add(seat = new Seat(user));
        }
        return seat;
    }
}

/// <summary>One member's part in a room, as steps of the world; 0 means never.</summary>
internal sealed class Seat(SimUser user)
{
    public SimUser User => user;
    public long CheckStep;
    public bool AliveAtCheck;
    public long RecheckStep;
    public bool AliveAtRecheck;
    public Matched? Told;
    public bool Concluded;
    public bool Acked;
    public bool Over;
}
