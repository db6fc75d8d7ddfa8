using System.Text;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Unit.Simulation;

namespace Camdiv.Tests.Unit.Matchmaking.Sessions;

/// <summary>
/// A gateway dies, and the member of a room whose session it had comes back, from a copy, at one whose clock is 5 s behind:
/// what it says and sends from there is news to its peer at once.
/// </summary>
public sealed class SkewedHostsTests
{
    private static readonly UserId Ann = new("ann");
    private static readonly UserId Bob = new("bob");
    private static readonly RoomId Room = new("room");

    private readonly ManualTimeProvider _time = new();
    private readonly Node _first;
    private readonly Node _second;
    private readonly Node _peers;

    public SkewedHostsTests()
    {
        _first = new Node(_time, "first", aheadMs: 100);
        _second = new Node(_time, "second", aheadMs: -5_000);
        _peers = new Node(_time, "peers", aheadMs: 0);
        _first.Meet(Ann, Bob, _peers);
        _peers.Meet(Bob, Ann, _first);
    }

    [Fact]
    public void What_it_says_is_believed()
    {
        // Says much within the millisecond of the copy: away, back, away, back.
        var copy = _first.CopyOf(Ann);
        for (var i = 0; i < 3; i++)
        {
            _first.Drop(Ann);
            _first.Connect(Ann);
        }
        _first.DeliverTo(_peers);
        Lose(_first, at: _peers);
        _peers.Listener(Bob).Heard.Clear();

        _second.Adopt(Ann, copy);
        _second.Connect(Ann);
        _second.DeliverTo(_peers);
        Assert.Equal(new PeerBack(Room), Assert.Single(_peers.Listener(Bob).Heard));
        _second.Leave(Ann);
        _second.DeliverTo(_peers);
        Assert.Equal(new PeerLeft(Room, LeaveReason.Stop), _peers.Listener(Bob).Heard[^1]);
    }

    [Fact]
    public void What_it_sends_is_taken()
    {
        Assert.Equal(RelayOutcome.Delivered, _first.Relay(Ann, "one", to: _peers));
        var copy = _first.CopyOf(Ann);
        Assert.Equal(RelayOutcome.Delivered, _first.Relay(Ann, "two", to: _peers));
        Lose(_first, at: _peers);

        _second.Adopt(Ann, copy);
        _second.Connect(Ann);
        Assert.Equal(RelayOutcome.Delivered, _second.Relay(Ann, "three", to: _peers));
        Assert.Equal(["one", "two", "three"], _peers.Listener(Bob).Frames);
    }

    [Fact]
    public void An_answer_that_it_is_gone_counts_only_while_nothing_newer_was_heard()
    {
        _peers.Drop(Bob);
        var asked = _peers.TakePublished()[^1];
        _peers.Connect(Bob);
        var copy = _first.CopyOf(Ann);
        Lose(_first, at: _peers);
        _second.Adopt(Ann, copy);
        _second.Connect(Ann);
        _second.DeliverTo(_peers);
        // Of somebody who looked for Ann at the wrong place while she came back.
        _peers.Host.Apply(asked.AnswerGone(new HostId("nowhere")));
        Assert.DoesNotContain(_peers.Listener(Bob).Heard, message => message is PeerLeft);

        _peers.Drop(Bob);
        var again = _peers.TakePublished()[^1];
        _peers.Connect(Bob);
        _peers.Host.Apply(again.AnswerGone(new HostId("nowhere")));
        Assert.Equal(new PeerLeft(Room, LeaveReason.Gone), _peers.Listener(Bob).Heard[^1]);
    }

    private void Lose(Node node, Node at)
    {
        at.Host.HostLost(node.Host.Self);
        _time.Advance(TimeSpan.FromSeconds(2));
    }

    /// <summary>A gateway with its clock, and what it sends to others.</summary>
    private sealed class Node : ISessionPorts
    {
        private readonly Dictionary<UserId, (IUserConnection Connection, Listener Link)> _users = [];
        private readonly List<MemberUpdate> _published = [];
        private long _number;
        private long _ticket;
        private Node? _to;

        public Node(TimeProvider time, string id, int aheadMs)
        {
            var clock = new Clock(new ShiftedTimeProvider(time, TimeSpan.FromMilliseconds(aheadMs)));
            Host = new SessionHost(new HostId(id), new MatchmakingOptions(), clock, new IdSource(), this, new NoReports());
            Host.TrackChanges();
        }

        public SessionHost Host { get; }

        public Listener Listener(UserId user) => _users[user].Link;

        public void Connect(UserId user)
        {
            var link = _users.TryGetValue(user, out var former) ? former.Link : new Listener();
            _users[user] = (Host.Connect(new Arrival(user, true, Room), link, BlockSet.Empty), link);
        }

        public void Drop(UserId user) => _users[user].Connection.Detach();

        public void Leave(UserId user) => _users[user].Connection.Stop();

        /// <summary>Brings a user into the room with one at another node, acknowledged on both sides.</summary>
        public void Meet(UserId user, UserId peer, Node peers)
        {
            Connect(user);
            _users[user].Connection.Start(SearchRequest.ForAnyone(ChatType.Text));
            var offer = new Offer(Room, user, _ticket, peer, new(user.Value), new(peer.Value), peers.Host.Self, ChatType.Text, []);
            Assert.True(Host.ReserveAsync([offer]).Result[0]);
            Assert.True(Host.RecheckAsync([offer]).Result[0]);
            Assert.True(Host.ConcludeAsync([new Verdict(Room, user, _ticket, true)]).IsCompleted);
            _users[user].Connection.Acknowledge(Room);
        }

        public SessionSnapshot CopyOf(UserId user)
        {
            var all = new List<SessionChange>();
            Host.TakeAll(all);
            return all.Single(change => change.User == user).Snapshot!;
        }

        public void Adopt(UserId user, SessionSnapshot copy) =>
            Assert.True(Host.Adopt(user, new SessionTransfer(copy, [], BlockSet.Empty), live: false));

        public RelayOutcome Relay(UserId user, string payload, Node to)
        {
            _to = to;
            var frame = Encoding.ASCII.GetBytes($">{Room}|{payload}");
            return _users[user].Connection.Relay(frame.AsSpan(1, Room.Value.Length), frame);
        }

        public void DeliverTo(Node node)
        {
            foreach (var update in TakePublished())
            {
                node.Host.Apply(update);
            }
        }

        public IReadOnlyList<MemberUpdate> TakePublished()
        {
            MemberUpdate[] taken = [.. _published];
            _published.Clear();
            return taken;
        }

        public void Enqueue(Ticket ticket) => _ticket = ticket.Id;

        public void Withdraw(ChatType chat, UserId user, long ticketId)
        {
        }

        public void Publish(HostId host, MemberUpdate update) => _published.Add(update);

        public void BlocksChanged(UserId user, BlockSet blocks, AddressPrefix from, bool proven)
        {
        }

        public void Judge(ChatType chat, Conduct conduct)
        {
        }

        public IRelayTarget Route(HostId host, UserId peer, RoomId room, IRelayTarget? former, long sent)
        {
            _number = sent;
            return new Way(this, peer);
        }

        public int Waiting(ChatType chat) => 0;

        private sealed class Way(Node node, UserId peer) : IRelayTarget
        {
            public RelayOutcome Accept(ReadOnlySpan<byte> frame) =>
                node._to!.Host.AcceptFrame(peer, Room, ++node._number, frame);
        }
    }

    private sealed class Listener : IClientLink
    {
        public List<ServerEvent> Heard { get; } = [];

        public List<string> Frames { get; } = [];

        public bool IsAlive => true;

        public bool Deliver(ServerEvent message)
        {
            if (message is not Welcome)
            {
                Heard.Add(message);
            }
            return true;
        }

        public bool DeliverFrame(ReadOnlySpan<byte> frame)
        {
            Frames.Add(Encoding.ASCII.GetString(frame[(Room.Value.Length + 2)..]));
            return true;
        }

        public void Close(LinkCloseReason reason)
        {
        }
    }
}
