using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>One chat type's pool and coordinator, as a queue grain would host them: handshakes run beside each other.</summary>
internal sealed class SimQueue
{
    private readonly SimulationRun _run;
    private readonly ClusterSimEngine _engine;
    private readonly Clock _clock;
    private readonly WaitingPool _pool;
    private readonly PairingHandshake _handshake;
    private readonly Dictionary<UserId, int> _coming = [];
    private readonly Dictionary<UserId, int> _pairing = [];

    public SimQueue(SimulationRun run, ClusterSimEngine engine, Clock clock, ISessionHosts hosts, IdSource ids)
    {
        _run = run;
        _engine = engine;
        _clock = clock;
        _pool = new WaitingPool(run.Plan.Options, clock.NowMs);
        _handshake = new PairingHandshake(hosts, ids, new PairingCounters());
        run.World.After(run.World.Random.Next(run.Plan.Options.PassIntervalMs), Pass);
    }

    public int Count => _pool.Count;

    public IEnumerable<Ticket> Tickets => _pool.Tickets;

    /// <summary>A ticket or a withdrawal is on its way here.</summary>
    public void Coming(UserId user) => CountUp(_coming, user);

    public void Enqueue(Ticket ticket)
    {
        CountDown(_coming, ticket.User);
        if (_pool.Add(ticket, _clock.NowMs) is { } pair)
        {
            _ = RunAsync([pair]);
        }
        else
        {
            var waiting = _pool.Count;
            var delay = SimNetwork.Delay(_run.World.Random);
            _run.World.After(delay, () => _engine.Host(ticket.Host).Queued(ticket.User, ticket.Id, waiting));
        }
    }

    /// <summary>All that search at a host, after calls to it failed: what neither side knew any more is mended.</summary>
    public void Renew(HostId host, IReadOnlyList<Ticket> tickets)
    {
        var named = tickets.Select(ticket => ticket.User).ToHashSet();
        _pool.RemoveWhere(ticket => ticket.Host == host && !named.Contains(ticket.User), _ => { });
        foreach (var ticket in tickets)
        {
            // Named by the host before a match that may have been decided since: a double, which its host will refuse.
            _run.Find(ticket.User).LastTicketId = 0;
            // A handshake under way will give its ticket back by itself.
            if (!_pairing.ContainsKey(ticket.User) && _pool.Add(ticket, _clock.NowMs) is { } pair)
            {
                _ = RunAsync([pair]);
            }
        }
    }

    public void Withdraw(UserId user, long ticketId)
    {
        CountDown(_coming, user);
        _pool.Remove(user, ticketId);
    }

    public void Judge(Conduct conduct) => _pool.Judge(conduct, _clock.NowMs);

    public bool Expects(SimUser user) => _coming.ContainsKey(user.Id);

    public Ticket? Find(SimUser user) => _pool.Find(user.Id);

    /// <summary>Whether a user's ticket is here, on the way here, or in a handshake of this queue.</summary>
    public bool Knows(SimUser user) =>
        _coming.ContainsKey(user.Id) || _pairing.ContainsKey(user.Id) || _pool.Find(user.Id) is not null;

    private void Pass()
    {
        var pairs = new List<Pair>();
        _pool.Pass(_clock.NowMs, pairs);
        if (pairs.Count > 0)
        {
            _ = RunAsync(pairs);
        }
        _run.World.After(_run.Plan.Options.PassIntervalMs, Pass);
    }

    private async Task RunAsync(IReadOnlyList<Pair> pairs)
    {
        foreach (var (first, second, _) in pairs)
        {
            CountUp(_pairing, first.User);
            CountUp(_pairing, second.User);
        }
        try
        {
            await _handshake.RunAsync(pairs);
        }
        catch (Exception failure)
        {
            _run.Violations.Report("fault", $"the handshake threw {failure}");
        }
        foreach (var (first, second, _) in pairs)
        {
            CountDown(_pairing, first.User);
            CountDown(_pairing, second.User);
        }
    }

    private static void CountUp(Dictionary<UserId, int> counts, UserId user) =>
        counts[user] = counts.GetValueOrDefault(user) + 1;

    private static void CountDown(Dictionary<UserId, int> counts, UserId user)
    {
        if (--counts[user] == 0)
        {
            counts.Remove(user);
        }
    }
}
