using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>
/// Everyone waiting for one chat type. Pairs on arrival; <see cref="Pass"/> pairs what time alone made possible. After
/// every operation no two members may be paired that prefer each other or are both open, so an arrival need only look
/// for itself, and lists of members sharing a key are short whatever the pool's size. Not thread-safe: its host
/// (the embedded engine's turn, a grain's turn) calls it from one turn at a time.
/// </summary>
public sealed class WaitingPool
{
    /// <summary>Most due tickets that one pass looks at; the rest wait for the next pass and are counted.</summary>
    public const int MaxDuePerPass = 10_000;

    private const int MaxSpare = 4_096;

    private readonly Dictionary<UserId, Waiting> _byUser = [];
    private readonly Dictionary<string, WaitingList> _byInterest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WaitingList> _byLanguage = new(StringComparer.Ordinal);
    private readonly WaitingList _open = new();
    private readonly DueWheel _wheel;
    private readonly List<Waiting> _due = [];
    private readonly Stack<Waiting> _spareWaiting = new();
    private readonly Stack<WaitingEntry> _spareEntries = new();
    private readonly Stack<WaitingList> _spareLists = new();
    private readonly int _patienceMs;
    private long _sequence;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="patienceMs">How long a user holds out for a preferred match, in ms.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    public WaitingPool(int patienceMs, long nowMs)
    {
        _patienceMs = patienceMs;
        _wheel = new DueWheel(nowMs);
    }

    /// <summary>How many wait.</summary>
    public int Count => _byUser.Count;

    /// <summary>Due tickets that passes put off because of <see cref="MaxDuePerPass"/>, since the pool was made.</summary>
    public long Deferred { get; private set; }

    /// <summary>The waiting tickets, in no order.</summary>
    public IEnumerable<Ticket> Tickets => _byUser.Values.Select(waiting => waiting.Ticket);

    /// <summary>The ticket of <paramref name="user"/>, if waiting.</summary>
    public Ticket? Find(UserId user) => _byUser.TryGetValue(user, out var waiting) ? waiting.Ticket : null;

    /// <summary>
    /// Adds a ticket, replacing an earlier one of the same user, or takes out the partner it meets at once.
    /// </summary>
    /// <returns>The pair when a partner was waiting; the ticket is then not in the pool.</returns>
    public Pair? Add(Ticket ticket, long nowMs)
    {
        Remove(ticket.User);
        var open = nowMs >= ticket.OpenAtMs(_patienceMs);
        if (FindPartner(ticket, open, nowMs) is { } partner)
        {
            var found = MakePair(partner.Ticket, ticket);
            Take(partner);
            return found;
        }
        Insert(ticket, open, nowMs);
        return null;
    }

    /// <summary>Takes a user out.</summary>
    /// <param name="user">Who.</param>
    /// <param name="ticketId">Only if this is the user's ticket; null for whichever.</param>
    /// <returns>Whether anything was taken out.</returns>
    public bool Remove(UserId user, long? ticketId = null)
    {
        if (!_byUser.TryGetValue(user, out var waiting) || (ticketId is { } id && waiting.Ticket.Id != id))
        {
            return false;
        }
        Take(waiting);
        return true;
    }

    /// <summary>Takes out every ticket that <paramref name="predicate"/> picks and hands it to <paramref name="removed"/>.</summary>
    public void RemoveWhere(Func<Ticket, bool> predicate, Action<Ticket> removed)
    {
        foreach (var waiting in _byUser.Values.Where(waiting => predicate(waiting.Ticket)).ToArray())
        {
            var ticket = waiting.Ticket;
            Take(waiting);
            removed(ticket);
        }
    }

    /// <summary>
    /// Pairs greedily, longest waiting first, whatever became possible by time alone. Looks at each due ticket once and
    /// at no more than <see cref="MaxDuePerPass"/>, so it ends whatever the blocks are.
    /// </summary>
    public void Pass(long nowMs, List<Pair> pairs)
    {
        _wheel.Advance(nowMs, _due);
        if (_due.Count == 0)
        {
            return;
        }
        _due.RemoveAll(static waiting => !waiting.InPool);
        _due.Sort();
        var count = Math.Min(_due.Count, MaxDuePerPass);
        Deferred += _due.Count - count;
        for (var i = 0; i < count; i++)
        {
            var waiting = _due[i];
            if (!waiting.InPool)
            {
                continue;
            }
            var open = nowMs >= waiting.Ticket.OpenAtMs(_patienceMs);
            if (FindPartner(waiting.Ticket, open, nowMs) is { } partner)
            {
                pairs.Add(MakePair(waiting.Ticket, partner.Ticket));
                Take(waiting);
                Take(partner);
                continue;
            }
            if (open && waiting.Open.List is null)
            {
                _open.Insert(waiting.Open);
            }
            Reschedule(waiting, nowMs);
        }
        for (var i = 0; i < count; i++)
        {
            _due[i].Collected = false;
            if (!_due[i].InPool)
            {
                Spare(_due[i]);
            }
        }
        _due.RemoveRange(0, count);
    }

    private static Pair MakePair(Ticket one, Ticket other)
    {
        var common = SearchRequest.Common(one.Request.Interests, other.Request.Interests);
        return one.SinceMs <= other.SinceMs ? new Pair(one, other, common) : new Pair(other, one, common);
    }

    private Waiting? FindPartner(Ticket ticket, bool open, long nowMs) =>
        FindKeyed(_byInterest, ticket.Request.Interests, ticket, nowMs)
        ?? FindKeyed(_byLanguage, ticket.Request.Languages, ticket, nowMs)
        ?? (open ? _open.FindFor(ticket, nowMs) : null);

    private static Waiting? FindKeyed(
        Dictionary<string, WaitingList> index, ImmutableArray<string> keys, Ticket ticket, long nowMs)
    {
        Waiting? best = null;
        foreach (var key in keys)
        {
            if (index.TryGetValue(key, out var list)
                && list.FindFor(ticket, nowMs) is { } candidate
                && (best is null || candidate.CompareTo(best) < 0))
            {
                best = candidate;
            }
        }
        return best;
    }

    private void Insert(Ticket ticket, bool open, long nowMs)
    {
        var waiting = _spareWaiting.TryPop(out var spare) ? spare : new Waiting();
        waiting.Ticket = ticket;
        waiting.Sequence = ++_sequence;
        waiting.InPool = true;
        _byUser.Add(ticket.User, waiting);
        Join(_byInterest, ticket.Request.Interests, waiting);
        Join(_byLanguage, ticket.Request.Languages, waiting);
        if (open)
        {
            _open.Insert(waiting.Open);
        }
        Reschedule(waiting, nowMs);
    }

    private void Join(Dictionary<string, WaitingList> index, ImmutableArray<string> keys, Waiting waiting)
    {
        foreach (var key in keys)
        {
            if (!index.TryGetValue(key, out var list))
            {
                list = _spareLists.TryPop(out var spare) ? spare : new WaitingList();
                index.Add(key, list);
            }
            var entry = _spareEntries.TryPop(out var spareEntry) ? spareEntry : new WaitingEntry();
            entry.Owner = waiting;
            waiting.Keyed.Add(entry);
            list.Insert(entry);
        }
    }

    private void Reschedule(Waiting waiting, long nowMs)
    {
        var due = long.MaxValue;
        if (waiting.Open.List is null)
        {
            due = waiting.Ticket.OpenAtMs(_patienceMs);
        }
        if (waiting.Ticket.Avoid is not null && waiting.Ticket.AvoidUntilMs > nowMs)
        {
            due = Math.Min(due, waiting.Ticket.AvoidUntilMs);
        }
        if (due != long.MaxValue)
        {
            _wheel.Schedule(waiting, due);
        }
    }

    private void Take(Waiting waiting)
    {
        _wheel.Cancel(waiting);
        _byUser.Remove(waiting.Ticket.User);
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
        waiting.InPool = false;
        if (!waiting.Collected)
        {
            Spare(waiting);
        }
    }

    private void Leave(Dictionary<string, WaitingList> index, string key, WaitingEntry entry)
    {
        var list = entry.List!;
        list.Remove(entry);
        entry.Owner = null!;
        if (_spareEntries.Count < MaxSpare)
        {
            _spareEntries.Push(entry);
        }
        if (list.IsEmpty)
        {
            index.Remove(key);
            if (_spareLists.Count < MaxSpare)
            {
                _spareLists.Push(list);
            }
        }
    }

    private void Spare(Waiting waiting)
    {
        waiting.Ticket = null!;
        if (_spareWaiting.Count < MaxSpare)
        {
            _spareWaiting.Push(waiting);
        }
    }
}
