namespace Camdiv.Matchmaking;

/// <summary>One ticket's membership in one <see cref="WaitingList"/>; a link of an intrusive list.</summary>
internal sealed class WaitingEntry
{
    public Waiting Owner = null!;
    public WaitingList? List;
    public WaitingEntry? Previous;
    public WaitingEntry? Next;
}

/// <summary>
/// Tickets that would match each other on one key, in the order in which they are preferred. Any two members that may meet are paired on
/// arrival, so members are mutually excluded and the list stays within about twice the block bound, whatever the pool's
/// size: walking it is bounded. Arrivals belong at the end, survivors at the front; both insert in O(1).
/// </summary>
internal sealed class WaitingList
{
    public WaitingEntry? First { get; private set; }

    public WaitingEntry? Last { get; private set; }

    public bool IsEmpty => First is null;

    public void Insert(WaitingEntry entry)
    {
        entry.List = this;
        if (First is not null && entry.Owner.CompareTo(First.Owner) < 0)
        {
            entry.Next = First;
            First.Previous = entry;
            First = entry;
            return;
        }
        var before = Last;
        while (before is not null && before.Owner.CompareTo(entry.Owner) > 0)
        {
            before = before.Previous;
        }
        entry.Previous = before;
        entry.Next = before is null ? First : before.Next;
        if (entry.Next is { } next)
        {
            next.Previous = entry;
        }
        else
        {
            Last = entry;
        }
        if (before is null)
        {
            First = entry;
        }
        else
        {
            before.Next = entry;
        }
    }

    public void Remove(WaitingEntry entry)
    {
        if (entry.Previous is null)
        {
            First = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }
        if (entry.Next is null)
        {
            Last = entry.Previous;
        }
        else
        {
            entry.Next.Previous = entry.Previous;
        }
        entry.Previous = entry.Next = null;
        entry.List = null;
    }

    /// <summary>The first member that may meet <paramref name="ticket"/>.</summary>
    /// <param name="ticket">For whom.</param>
    /// <param name="only">Only of this network; none for any.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    public Waiting? FindFor(Ticket ticket, AddressPrefix only, long nowMs)
    {
        for (var entry = First; entry is not null; entry = entry.Next)
        {
            if ((only.IsNone || entry.Owner.Ticket.From == only) && entry.Owner.Ticket.MayMeet(ticket, nowMs))
            {
                return entry.Owner;
            }
        }
        return null;
    }
}
