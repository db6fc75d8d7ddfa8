namespace Camdiv.Matchmaking;

/// <summary>
/// Everyone waiting for one chat type. Pairs on arrival; <see cref="Pass"/> pairs what time alone made possible. After
/// every operation no two members may be paired that prefer each other or are both open, so an arrival need only look
/// for itself, and lists of members sharing a key are short whatever the pool's size. What people of one network may do
/// to others before they have proved themselves is bounded here, where all tickets of a chat type pass, whichever gateway
/// they come from; see <see cref="Network"/>. Not thread-safe: its host (the embedded engine's turn, a grain's turn)
/// calls it from one turn at a time.
/// </summary>
public sealed class WaitingPool
{
    /// <summary>Most due tickets that one pass looks at; the rest wait for the next pass and are counted.</summary>
    public const int MaxDuePerPass = 10_000;

    /// <summary>Most networks with held tickets that one pass looks at; the rest come first in the next one.</summary>
    public const int MaxNetworksPerPass = 10_000;

    private readonly Dictionary<UserId, Waiting> _byUser = [];
    private readonly WaitingSpares _spares = new();
    private readonly WaitingIndex _everybody;
    private readonly NetworkBook _networks;
    private readonly Queue<Network> _line = new();
    private readonly DueWheel _wheel;
    private readonly List<Waiting> _due = [];
    private readonly NetworkRules _rules;
    private readonly int _patienceMs;
    private long _sequence;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="options">The rules' numbers.</param>
    /// <param name="nowMs">The present, Unix milliseconds.</param>
    public WaitingPool(MatchmakingOptions options, long nowMs)
    {
        _patienceMs = options.PatienceMs;
        _rules = NetworkRules.Of(options);
        _everybody = new WaitingIndex(_spares);
        _networks = new NetworkBook(_spares);
        _wheel = new DueWheel(nowMs);
    }

    /// <summary>How many wait.</summary>
    public int Count => _byUser.Count;

    /// <summary>How many of them only people of their own network may be paired with.</summary>
    public int HeldBack { get; private set; }

    /// <summary>Due tickets that passes put off because of <see cref="MaxDuePerPass"/>, since the pool was made.</summary>
    public long Deferred { get; private set; }

    /// <summary>Tickets of networks that could not be remembered, and so not be bounded, since the pool was made.</summary>
    public long Untracked => _networks.Untracked;

    /// <summary>Networks of which something is remembered.</summary>
    internal int Networks => _networks.Count;

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
        var network = ticket.Proven ? _networks.Find(ticket.From) : _networks.FindOrAdd(ticket.From);
        var bounded = ticket.Proven ? null : network;
        // Those who wait for a place already go first; the next pass sees to them.
        var offered = bounded is null || (bounded.Held.IsEmpty && bounded.HasPlace(_rules, nowMs));
        var open = nowMs >= ticket.OpenAtMs(_patienceMs);
        if (FindPartner(ticket, network, offered, open, nowMs) is { } partner)
        {
            var found = MakePair(partner.Ticket, ticket);
            Spend(ticket, bounded, partner.Ticket, partner.Network, nowMs);
            Take(partner);
            return found;
        }
        Insert(ticket, bounded, offered, open, nowMs);
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

    /// <summary>Takes in how a user behaved: good gives its network's places back, bad takes what it offers out for a pause.</summary>
    public void Judge(Conduct conduct, long nowMs)
    {
        if (conduct.Good)
        {
            _networks.Find(conduct.From)?.Prove(conduct.User, nowMs);
            return;
        }
        if (_rules.PauseMs > 0 && _networks.FindOrAdd(conduct.From) is { } network)
        {
            network.Fail(conduct.User, _rules, nowMs);
            while (network.Offered.First is { } offered)
            {
                // Neighbours who may meet have been paired, so nobody is to be found for it among the held.
                Move(offered.Owner, offered: false);
            }
        }
    }

    /// <summary>
    /// Pairs greedily, longest waiting first, whatever became possible by time alone. Looks at each due ticket once and
    /// at no more than <see cref="MaxDuePerPass"/>, so it ends whatever the blocks are.
    /// </summary>
    public void Pass(long nowMs, List<Pair> pairs)
    {
        _wheel.Advance(nowMs, _due);
        if (_due.Count > 0)
        {
            PairDue(nowMs, pairs);
        }
        OfferHeld(nowMs, pairs);
        _networks.Sweep(nowMs);
    }

    private void PairDue(long nowMs, List<Pair> pairs)
    {
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
            if (PairedWithin(waiting, waiting.Index == _everybody, open, nowMs, pairs))
            {
                continue;
            }
            if (open && waiting.Open.List is null)
            {
                waiting.Index!.Open.Insert(waiting.Open);
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

    /// <summary>Offers held tickets where their networks have places again, longest waiting first.</summary>
    private void OfferHeld(long nowMs, List<Pair> pairs)
    {
        for (var left = Math.Min(_line.Count, MaxNetworksPerPass); left > 0; left--)
        {
            var network = _line.Dequeue();
            while (network.Held.First is { Owner: var waiting } && network.HasPlace(_rules, nowMs))
            {
                if (!PairedWithin(waiting, offered: true, waiting.Open.List is not null, nowMs, pairs))
                {
                    Move(waiting, offered: true);
                }
            }
            network.InLine = !network.Held.IsEmpty;
            if (network.InLine)
            {
                _line.Enqueue(network);
            }
        }
    }

    private bool PairedWithin(Waiting waiting, bool offered, bool open, long nowMs, List<Pair> pairs)
    {
        var network = waiting.Network ?? _networks.Find(waiting.Ticket.From);
        if (FindPartner(waiting.Ticket, network, offered, open, nowMs) is not { } partner)
        {
            return false;
        }
        pairs.Add(MakePair(waiting.Ticket, partner.Ticket));
        Spend(waiting.Ticket, waiting.Network, partner.Ticket, partner.Network, nowMs);
        Take(waiting);
        Take(partner);
        return true;
    }

    private static Pair MakePair(Ticket one, Ticket other)
    {
        var common = SearchRequest.Common(one.Request.Interests, other.Request.Interests);
        return one.SinceMs <= other.SinceMs ? new Pair(one, other, common) : new Pair(other, one, common);
    }

    /// <summary>What neighbours do to each other costs no places.</summary>
    private void Spend(Ticket one, Network? ofOne, Ticket other, Network? ofOther, long nowMs)
    {
        if (one.From == other.From)
        {
            return;
        }
        ofOne?.Spend(one.User, _rules, nowMs);
        ofOther?.Spend(other.User, _rules, nowMs);
    }

    /// <summary>The best partner: among everybody, or one's own network when not offered, and among one's held neighbours.</summary>
    private Waiting? FindPartner(Ticket ticket, Network? network, bool offered, bool open, long nowMs)
    {
        var only = offered ? default : ticket.From;
        var near = network is { Held.IsEmpty: false } ? network.Index : null;
        return First(_everybody.FindByInterest(ticket, only, nowMs), near?.FindByInterest(ticket, default, nowMs))
            ?? First(_everybody.FindByLanguage(ticket, only, nowMs), near?.FindByLanguage(ticket, default, nowMs))
            ?? (open ? First(_everybody.Open.FindFor(ticket, only, nowMs), near?.Open.FindFor(ticket, default, nowMs)) : null);
    }

    private static Waiting? First(Waiting? one, Waiting? other) =>
        one is null ? other : other is null || one.CompareTo(other) < 0 ? one : other;

    private void Insert(Ticket ticket, Network? network, bool offered, bool open, long nowMs)
    {
        var waiting = _spares.TakeWaiting();
        waiting.Ticket = ticket;
        waiting.Sequence = ++_sequence;
        waiting.InPool = true;
        waiting.Network = network;
        _byUser.Add(ticket.User, waiting);
        Enter(waiting, offered, open);
        Reschedule(waiting, nowMs);
    }

    private void Move(Waiting waiting, bool offered)
    {
        var open = waiting.Open.List is not null;
        Leave(waiting);
        Enter(waiting, offered, open);
    }

    private void Enter(Waiting waiting, bool offered, bool open)
    {
        waiting.Network?.Enter(waiting, offered);
        if (offered)
        {
            _everybody.Join(waiting, open);
            return;
        }
        var network = waiting.Network!;
        network.Index.Join(waiting, open);
        HeldBack++;
        if (!network.InLine)
        {
            network.InLine = true;
            _line.Enqueue(network);
        }
    }

    private void Leave(Waiting waiting)
    {
        HeldBack -= waiting.Index == _everybody ? 0 : 1;
        waiting.Index!.Leave(waiting);
        waiting.Network?.Leave(waiting);
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
        Leave(waiting);
        waiting.InPool = false;
        if (!waiting.Collected)
        {
            Spare(waiting);
        }
    }

    private void Spare(Waiting waiting)
    {
        waiting.Ticket = null!;
        waiting.Network = null;
        _spares.Give(waiting);
    }
}
