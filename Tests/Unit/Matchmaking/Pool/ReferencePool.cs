using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>
/// The pool's rules by brute force over a plain list: slow, without an index, and short enough to be seen right.
/// What time alone changes is looked at in the wheel's steps of 50 ms, rounded up; after a whole turn, to the ms.
/// </summary>
internal sealed class ReferencePool(MatchmakingOptions options, long startMs)
{
    public const int StepMs = 50;
    public const int StepsPerTurn = 512;

    private readonly int _patienceMs = options.PatienceMs;
    private readonly NetworkRules _rules = NetworkRules.Of(options);
    private readonly Dictionary<AddressPrefix, ReferenceNetwork> _networks = [];
    private readonly List<AddressPrefix> _line = [];
    private readonly List<Member> _members = [];
    private long _reachedStep = startMs / StepMs;
    private long _arrivals;

    public IEnumerable<Ticket> Tickets => _members.Select(member => member.Ticket);

    public (Ticket, Ticket)? Add(Ticket ticket, long nowMs)
    {
        _members.RemoveAll(member => member.Ticket.User == ticket.User);
        var arrival = new Member(ticket, ++_arrivals) { Open = nowMs >= ticket.OpenAtMs(_patienceMs) };
        arrival.Held = Bounded(ticket)
            && (_members.Exists(member => member.Held && member.Ticket.From == ticket.From) || !HasPlace(ticket.From, nowMs));
        if (Best(arrival, nowMs) is { } partner)
        {
            Pair(arrival, partner, nowMs);
            return (partner.Ticket, ticket);
        }
        _members.Add(arrival);
        if (arrival.Held)
        {
            StandInLine(ticket.From);
        }
        Plan(arrival, nowMs);
        return null;
    }

    public void Judge(Conduct conduct, long nowMs)
    {
        if (conduct.From.IsNone)
        {
            return;
        }
        NetworkOf(conduct.From).Judge(conduct.User, conduct.Good, nowMs);
        if (!conduct.Good)
        {
            foreach (var member in _members.Where(member => Bounded(member.Ticket) && member.Ticket.From == conduct.From))
            {
                member.Held = true;
                StandInLine(conduct.From);
            }
        }
    }

    public bool Remove(UserId user, long? ticketId) => _members.RemoveAll(
        member => member.Ticket.User == user && (ticketId is null || member.Ticket.Id == ticketId)) > 0;

    public List<(Ticket, Ticket)> Pass(long nowMs)
    {
        var wholeTurn = (nowMs / StepMs) - _reachedStep >= StepsPerTurn;
        _reachedStep = Math.Max(_reachedStep, nowMs / StepMs);
        var due = _members
            .Where(member => member.DueStep <= _reachedStep || (wholeTurn && member.DueMs <= nowMs)).Order().ToList();
        var pairs = new List<(Ticket, Ticket)>();
        foreach (var member in due)
        {
            if (!_members.Contains(member))
            {
                continue;
            }
            member.DueStep = member.DueMs = long.MaxValue;
            var mayTakeAnyone = nowMs >= member.Ticket.OpenAtMs(_patienceMs);
            member.Open |= mayTakeAnyone;
            if (Best(member, nowMs) is { } partner)
            {
                Pair(member, partner, nowMs);
                pairs.Add((member.Ticket, partner.Ticket));
            }
            else
            {
                Plan(member, nowMs);
            }
        }
        OfferHeld(nowMs, pairs);
        return pairs;
    }

    /// <summary>Two who should have been paired and were not; null when there are none.</summary>
    public (Ticket, Ticket)? Overlooked(long nowMs)
    {
        // What the clock alone made possible since the last pass is the next pass's to find.
        var asOf = Math.Min(nowMs, _reachedStep * StepMs);
        foreach (var one in _members)
        {
            foreach (var other in _members)
            {
                if (one.Ticket.MayMeet(other.Ticket, asOf) && Reach(one, other) && Tier(one, other) < 3)
                {
                    return (one.Ticket, other.Ticket);
                }
            }
        }
        return null;
    }

    private Member? Best(Member seeker, long nowMs) => _members
        .Where(member => seeker.Ticket.MayMeet(member.Ticket, nowMs) && Reach(seeker, member) && Tier(seeker, member) < 3)
        .OrderBy(member => Tier(seeker, member))
        .ThenBy(member => member)
        .FirstOrDefault();

    private static int Tier(Member one, Member other) =>
        one.Ticket.Request.Interests.Intersect(other.Ticket.Request.Interests).Any() ? 0
        : one.Ticket.Request.Languages.Intersect(other.Ticket.Request.Languages).Any() ? 1
        : one.Open && other.Open ? 2
        : 3;

    private static bool Bounded(Ticket ticket) => !ticket.Proven && !ticket.From.IsNone;

    private static bool Reach(Member one, Member other) =>
        (!one.Held && !other.Held) || one.Ticket.From == other.Ticket.From;

    private void OfferHeld(long nowMs, List<(Ticket, Ticket)> pairs)
    {
        for (var left = _line.Count; left > 0; left--)
        {
            var from = _line[0];
            _line.RemoveAt(0);
            while (Held(from) is { } held && HasPlace(from, nowMs))
            {
                held.Held = false;
                if (Best(held, nowMs) is { } partner)
                {
                    Pair(held, partner, nowMs);
                    pairs.Add((held.Ticket, partner.Ticket));
                }
            }
            if (Held(from) is not null)
            {
                _line.Add(from);
            }
        }
    }

    private Member? Held(AddressPrefix from) =>
        _members.Where(member => member.Held && member.Ticket.From == from).Order().FirstOrDefault();

    private void StandInLine(AddressPrefix from)
    {
        if (!_line.Contains(from))
        {
            _line.Add(from);
        }
    }

    private void Pair(Member one, Member other, long nowMs)
    {
        _members.Remove(one);
        _members.Remove(other);
        foreach (var ticket in new[] { one.Ticket, other.Ticket }.Where(Bounded))
        {
            if (one.Ticket.From != other.Ticket.From)
            {
                NetworkOf(ticket.From).Spend(ticket.User, nowMs);
            }
        }
    }

    private bool HasPlace(AddressPrefix from, long nowMs) => NetworkOf(from).HasPlace(
        _members.Count(member => Bounded(member.Ticket) && member.Ticket.From == from && !member.Held), nowMs);

    private ReferenceNetwork NetworkOf(AddressPrefix from)
    {
        if (!_networks.TryGetValue(from, out var network))
        {
            _networks[from] = network = new ReferenceNetwork(_rules);
        }
        return network;
    }

    private void Plan(Member member, long nowMs)
    {
        var times = new List<long>();
        if (!member.Open)
        {
            times.Add(member.Ticket.OpenAtMs(_patienceMs));
        }
        if (member.Ticket.Avoid is not null && member.Ticket.AvoidUntilMs > nowMs)
        {
            times.Add(member.Ticket.AvoidUntilMs);
        }
        if (times.Count > 0)
        {
            member.DueMs = times.Min();
            member.DueStep = Math.Max((member.DueMs + StepMs - 1) / StepMs, _reachedStep + 1);
        }
    }

    private sealed class Member(Ticket ticket, long arrival) : IComparable<Member>
    {
        public readonly Ticket Ticket = ticket;
        public bool Open;
        public bool Held;
        public long DueMs = long.MaxValue;
        public long DueStep = long.MaxValue;

        private (bool, bool, long, long) Order => (!Ticket.Front, !Ticket.Proven, Ticket.SinceMs, arrival);

        public int CompareTo(Member? other) => Order.CompareTo(other!.Order);
    }
}
