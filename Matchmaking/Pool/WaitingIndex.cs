using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>Tickets that may be paired with each other, by interest, by language, and those who take anyone.</summary>
internal sealed class WaitingIndex(WaitingSpares spares)
{
    private readonly Dictionary<string, WaitingList> _byInterest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WaitingList> _byLanguage = new(StringComparer.Ordinal);

    /// <summary>Those who take anyone.</summary>
    public WaitingList Open { get; } = new();

    /// <summary>The first who shares an interest and may meet.</summary>
    /// <param name="ticket">For whom.</param>
    /// <param name="only">Only of this network; none for any.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    public Waiting? FindByInterest(Ticket ticket, AddressPrefix only, long nowMs) =>
        Find(_byInterest, ticket.Request.Interests, ticket, only, nowMs);

    /// <summary>As <see cref="FindByInterest"/>, for a language.</summary>
    public Waiting? FindByLanguage(Ticket ticket, AddressPrefix only, long nowMs) =>
        Find(_byLanguage, ticket.Request.Languages, ticket, only, nowMs);

    public void Join(Waiting waiting, bool open)
    {
        waiting.Index = this;
        Join(_byInterest, waiting.Ticket.Request.Interests, waiting);
        Join(_byLanguage, waiting.Ticket.Request.Languages, waiting);
        if (open)
        {
            Open.Insert(waiting.Open);
        }
    }

    public void Leave(Waiting waiting)
    {
        var interests = waiting.Ticket.Request.Interests;
        var languages = waiting.Ticket.Request.Languages;
        for (var i = 0; i < waiting.Keyed.Count; i++)
        {
            if (i < interests.Length)
            {
                Leave(_byInterest, interests[i], waiting.Keyed[i]);
            }
            else
            {
                Leave(_byLanguage, languages[i - interests.Length], waiting.Keyed[i]);
            }
        }
        waiting.Keyed.Clear();
        waiting.Open.List?.Remove(waiting.Open);
        waiting.Index = null;
    }

    private static Waiting? Find(
        Dictionary<string, WaitingList> index, ImmutableArray<string> keys, Ticket ticket, AddressPrefix only, long nowMs)
    {
        Waiting? best = null;
        foreach (var key in keys)
        {
            if (index.TryGetValue(key, out var list)
                && list.FindFor(ticket, only, nowMs) is { } candidate
                && (best is null || candidate.CompareTo(best) < 0))
            {
                best = candidate;
            }
        }
        return best;
    }

    private void Join(Dictionary<string, WaitingList> index, ImmutableArray<string> keys, Waiting waiting)
    {
        foreach (var key in keys)
        {
            if (!index.TryGetValue(key, out var list))
            {
                index.Add(key, list = spares.TakeList());
            }
            var entry = spares.TakeEntry();
            entry.Owner = waiting;
            waiting.Keyed.Add(entry);
            list.Insert(entry);
        }
    }

    private void Leave(Dictionary<string, WaitingList> index, string key, WaitingEntry entry)
    {
        var list = entry.List!;
        list.Remove(entry);
        entry.Owner = null!;
        spares.Give(entry);
        if (list.IsEmpty)
        {
            index.Remove(key);
            spares.Give(list);
        }
    }
}
