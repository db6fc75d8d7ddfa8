using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>
/// The cluster's shape in one thread: several session hosts, one queue per chat type elsewhere, and a network between
/// them that is late, out of order and sometimes fails.
/// </summary>
internal sealed class ClusterSimEngine : ISimEngine
{
    private readonly SimulationRun _run;
    private readonly SessionHost[] _hosts;
    private readonly SimQueue[] _queues;
    private readonly BlockBook _blocks = new(100_000);
    private readonly SimNetwork _network;
    private readonly HashSet<SessionHost> _renewing = [];

    public ClusterSimEngine(SimulationRun run)
    {
        _run = run;
        Clocks = new SimClocks(run);
        var ids = run.Ids;
        _hosts = new SessionHost[run.Plan.Hosts];
        _network = new SimNetwork(run);
        for (var i = 0; i < _hosts.Length; i++)
        {
            var id = new HostId($"h{i}");
            var ports = new SimPorts(run, _network, i, this, _blocks);
            _hosts[i] = new SessionHost(id, run.Plan.Options, Clocks.Of(i), ids, ports, new NoReports())
            {
                EffectFailed = failure => run.Violations.Report("fault", failure.ToString()),
            };
        }
        var remote = new RemoteHosts(this, _hosts.Select(host => new RemoteHost(run, this, host)).ToArray());
        _queues = [.. ChatTypes.All.ToArray().Select(_ => new SimQueue(run, this, Clocks.Queue, remote, ids))];
    }

    /// <summary>The clocks of hosts and queues, none of which shows what another does.</summary>
    public SimClocks Clocks { get; }

    public IUserConnection Connect(SimUser user, Arrival arrival, IClientLink link) =>
        _hosts[user.Host].Connect(arrival, link, _blocks.Get(user.Id, user.From));

    public void Block(SimUser user, IEnumerable<SimUser> blocked) =>
        _blocks.Set(user.Id, BlockSet.From(blocked.Select(other => other.Id)));

    public SessionHost Host(HostId id) => _hosts[IndexOf(id)];

    public SimQueue Queue(ChatType chat) => _queues[(int)chat];

    /// <summary>A call to a host failed: before long it names everybody who searches there, as its lease demands.</summary>
    public void CallFailed(SessionHost host)
    {
        if (_renewing.Add(host))
        {
            _run.World.After(500 + _run.World.Random.Next(1_500), () => Renew(host));
        }
    }

    public static int IndexOf(HostId id) => id.Value[1] - '0';

    public void Entered(SimUser user)
    {
        if (_queues.Any(queue => queue.Find(user)?.Id == user.LastTicketId))
        {
            _run.Violations.Report("exclusivity", $"{user} entered {user.View.Room} and still holds a ticket", user);
        }
    }

    public void Inspect()
    {
        var now = _run.World.NowMs;
        foreach (var user in _run.Users)
        {
            if (user.Connected
                && user.View.State == ClientState.Searching
                && !user.HoldUndecided
                && user.HeldUntilMs < now
                && !_hosts[user.Host].IsPaused(user.Id)
                && !_queues.Any(queue => queue.Knows(user)))
            {
                _run.Violations.Report("stranding", $"{user} searches but is in no pool and no handshake", user);
            }
        }
        for (var chat = ChatType.Video; chat <= ChatType.Text; chat++)
        {
            foreach (var ticket in Queue(chat).Tickets)
            {
                var user = _run.Find(ticket.User);
                var searches = user.View.State == ClientState.Searching && user.Wish.Chat == chat;
                if (user.Connected
                    && !searches
                    && user.LastTicketId == ticket.Id
                    && !user.HoldUndecided
                    && !Queue(chat).Expects(user))
                {
                    _run.Violations.Report("exclusivity", $"{user} is {user.View.State} but waits for {chat}, no withdrawal under way", user);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
        }
    }

    private void Renew(SessionHost host)
    {
        _renewing.Remove(host);
        for (var chat = ChatType.Video; chat <= ChatType.Text; chat++)
        {
            // Sorted, because a host lists its sessions in the order of hashes, which differ from process to process.
            var (queue, index) = (Queue(chat), IndexOf(host.Self));
            var tickets = host.SearchingTickets(chat).OrderBy(ticket => ticket.User)
                .Select(ticket => Clocks.Send(index, ticket)).ToArray();
            _network.SendInOrder((index, chat), () => queue.Renew(host.Self, [.. tickets.Select(arrive => arrive())]));
        }
    }

    private sealed class RemoteHosts(ClusterSimEngine engine, RemoteHost[] hosts) : ISessionHosts
    {
        public ISessionHost? Find(HostId host) =>
            IndexOf(host) is var index && index < engine._hosts.Length ? hosts[index] : null;
    }
}
