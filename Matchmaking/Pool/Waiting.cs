namespace Camdiv.Matchmaking;

/// <summary>A ticket inside a pool with its memberships. Reused by the pool, so that steady traffic allocates little.</summary>
internal sealed class Waiting : IComparable<Waiting>
{
    public Ticket Ticket = null!;

    /// <summary>Breaks ties between tickets of one millisecond: arrival order.</summary>
    public long Sequence;

    /// <summary>One entry per interest, then one per language.</summary>
    public readonly List<WaitingEntry> Keyed = [];

    /// <summary>Membership among those who take anyone; in no list while the user holds out.</summary>
    public readonly WaitingEntry Open = new();

    /// <summary>The index it is in.</summary>
    public WaitingIndex? Index;

    /// <summary>The network that bounds it; null for who has proved good and for who comes from nowhere known.</summary>
    public Network? Network;

    /// <summary>Membership among the network's offered or held tickets.</summary>
    public readonly WaitingEntry Place = new();

    /// <summary>Place in the pool's <see cref="DueWheel"/>.</summary>
    public Waiting? DuePrevious;
    public Waiting? DueNext;
    public int DueSlot = -1;
    public long DueMs = long.MaxValue;

    /// <summary>False once removed.</summary>
    public bool InPool;

    /// <summary>Whether the pool's due list names this node, which must then not be reused yet.</summary>
    public bool Collected;

    public Waiting() => Open.Owner = Place.Owner = this;

    /// <summary>Survivors first, then who has proved good, then by waiting time, then by arrival.</summary>
    public int CompareTo(Waiting? other)
    {
        if (Ticket.Front != other!.Ticket.Front)
        {
            return Ticket.Front ? -1 : 1;
        }
        if (Ticket.Proven != other.Ticket.Proven)
        {
            return Ticket.Proven ? -1 : 1;
        }
        var bySince = Ticket.SinceMs.CompareTo(other.Ticket.SinceMs);
        return bySince != 0 ? bySince : Sequence.CompareTo(other.Sequence);
    }
}
