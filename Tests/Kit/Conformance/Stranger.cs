using System.Text;
using System.Threading.Channels;
using Camdiv.Matchmaking;
using Xunit.Sdk;

namespace Camdiv.Tests.Kit.Conformance;

/// <summary>
/// A person with a client, to whom everything is told in one order: events and frames. A test says what comes next; any
/// other thing, or nothing in time, fails with all that was heard.
/// </summary>
public sealed class Stranger(UserId id, IMatchmaker gateway)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Link? _link;
    private IUserConnection? _connection;

    public UserId Id { get; } = id;

    /// <summary>The handle of the newest connection.</summary>
    public IUserConnection Connection => _connection ?? throw new InvalidOperationException($"{Id} is not connected.");

    /// <summary>The newest match heard.</summary>
    public Matched? Match { get; private set; }

    public async Task<Welcome> ConnectAsync(RoomId? claimed = null, IMatchmaker? at = null)
    {
        var link = new Link();
        _link = link;
        var first = _connection is null;
        _connection = await (at ?? gateway).ConnectAsync(new Arrival(Id, !first, claimed), link, default);
        return await HearAsync<Welcome>();
    }

    /// <summary>The socket breaks and the gateway notices.</summary>
    public void Drop()
    {
        _link!.Alive = false;
        Connection.Detach();
    }

    /// <summary>The socket breaks and nobody has noticed yet.</summary>
    public void Break() => _link!.Alive = false;

    public void Start(
        string[]? likes = null, string[]? speaks = null, ChatType chat = ChatType.Video)
    {
        if (!SearchRequest.TryCreate(chat, likes, speaks, out var request, out var field))
        {
            throw new ArgumentException(field);
        }
        Connection.Start(request);
    }

    public RelayOutcome Send(RoomId room, string payload)
    {
        var frame = Encoding.UTF8.GetBytes($">{room}|{payload}");
        return Connection.Relay(frame.AsSpan(1, room.Value.Length), frame);
    }

    /// <summary>The next thing told must be a <typeparamref name="T"/>.</summary>
    public async Task<T> HearAsync<T>()
        where T : ServerEvent
    {
        var next = await NextAsync(typeof(T).Name);
        return next as T ?? throw new XunitException($"{Id} should hear {typeof(T).Name} next.{_link}");
    }

    /// <summary>The next thing told to both must be a match, with each other.</summary>
    public async Task<Matched> HearMatchAsync(Stranger other)
    {
        var (mine, theirs) = (await HearAsync<Matched>(), await other.HearAsync<Matched>());
        return mine.Room == theirs.Room && mine.Peer == theirs.Self && theirs.Peer == mine.Self
            ? mine
            : throw new XunitException($"{Id} and {other.Id} should be told of each other, not {mine} and {theirs}.");
    }

    /// <summary>The next thing told must be a frame; returns its text.</summary>
    public async Task<string> HearFrameAsync()
    {
        var next = await NextAsync("frame");
        return next as string ?? throw new XunitException($"{Id} should hear a frame next.{_link}");
    }

    /// <summary>Whatever comes next.</summary>
    public async Task<object> HearAnythingAsync() => await NextAsync("anything");

    public async Task HearPeerLeftAsync(RoomId room, LeaveReason reason)
    {
        var left = await HearAsync<PeerLeft>();
        if (left.Room != room || left.Reason != reason)
        {
            throw new XunitException($"{Id} should hear that its peer left {room}: {reason}.{_link}");
        }
    }

    public async Task<Searching> HearSearchingAsync(bool requeued)
    {
        var searching = await HearAsync<Searching>();
        return searching.Requeued == requeued
            ? searching
            : throw new XunitException($"{Id} should hear searching with requeued {requeued}.{_link}");
    }

    /// <summary>Nothing may have been told beyond what was asked for; the engine must have settled.</summary>
    public void HeardNothingMore()
    {
        if (_link!.Told.TryPeek(out _))
        {
            throw new XunitException($"{Id} should have heard nothing more.{_link}");
        }
    }

    /// <summary>The present connection must be closed as replaced. Call after the newer one is up.</summary>
    public Link PresentLink => _link!;

    private async Task<object> NextAsync(string what)
    {
        using var tooLate = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            var next = await _link!.Told.ReadAsync(tooLate.Token);
            Match = next as Matched ?? Match;
            return next;
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"{Id} heard no {what} within {Patience.TotalSeconds} s.{_link}");
        }
    }

    /// <summary>One connection of a stranger.</summary>
    public sealed class Link : IClientLink
    {
        private readonly Channel<object> _told = Channel.CreateUnbounded<object>();
        private readonly List<object> _all = [];
        private volatile bool _alive = true;

        public bool Alive
        {
            get => _alive;
            set => _alive = value;
        }

        /// <summary>Why the engine closed it, if it did.</summary>
        public Task<LinkCloseReason> Closed => _closed.Task;

        public ChannelReader<object> Told => _told.Reader;

        bool IClientLink.IsAlive => _alive;

        private readonly TaskCompletionSource<LinkCloseReason> _closed =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Deliver(ServerEvent message) => Add(message);

        public bool DeliverFrame(ReadOnlySpan<byte> frame) => Add(Encoding.UTF8.GetString(frame));

        public void Close(LinkCloseReason reason)
        {
            _alive = false;
            _closed.TrySetResult(reason);
        }

        public override string ToString()
        {
            lock (_all)
            {
                return $" Heard so far:{string.Concat(_all.Select(item => $"{Environment.NewLine}  {item}"))}";
            }
        }

        private bool Add(object told)
        {
            if (!_alive)
            {
                return false;
            }
            lock (_all)
            {
                _all.Add(told);
            }
            return _told.Writer.TryWrite(told);
        }
    }
}
