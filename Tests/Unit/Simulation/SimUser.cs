using System.Globalization;
using System.Text;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>One simulated person with a client: everything it can do, and when it last did it.</summary>
internal sealed class SimUser
{
    private static readonly string[] Interests = ["chess", "go", "tea", "rum", "jazz", "rock", "cats", "dogs"];
    private static readonly string[] Languages = ["de", "en", "fr"];

    private readonly SimulationRun _run;
    private readonly Dictionary<SimUser, long> _blocked = [];
    private IUserConnection? _connection;
    private SimLink? _link;
    private long _frames;
    private long _connectedAtMs;
    private long _detachedAtMs = -1;

    public SimUser(SimulationRun run, int number, int host)
    {
        _run = run;
        Number = number;
        Host = host;
        Name = string.Create(CultureInfo.InvariantCulture, $"u{number:0000}");
        Id = new UserId(Name);
        View = new ClientView(run, this);
        Wish = SearchRequest.ForAnyone(ChatType.Text);
    }

    public int Number { get; }

    public string Name { get; }

    public UserId Id { get; }

    public int Host { get; }

    public ClientView View { get; }

    /// <summary>The network it comes from; none unless a test says otherwise.</summary>
    public AddressPrefix From { get; init; }

    /// <summary>What it does in a room of its own accord; null: what everybody does in a simulation.</summary>
    public Action<SimUser, Matched>? Manner { get; init; }

    public SearchRequest Wish { get; private set; }

    public long LastStartStep { get; private set; }

    public long LastStopStep { get; private set; }

    public long LastDownStep { get; private set; }

    /// <summary>The last start or stop on this connection, which a decided attempt may not have heard.</summary>
    public long LastAskStep { get; set; }

    /// <summary>The newest ticket its host sent to a queue; 0 when copies of it may be about.</summary>
    public long LastTicketId { get; set; }

    /// <summary>The newest seat whose recheck said yes, and until when it may hold this user.</summary>
    public Seat? Confirmed { get; set; }

    public long ConfirmedUntilMs { get; set; }

    /// <summary>Until when a lost verdict may keep this user held.</summary>
    public long HeldUntilMs { get; set; } = -1;

    public bool Connected => _link is { Open: true };

    /// <summary>Updates of this user's part in rooms that other hosts have not received yet.</summary>
    public int UpdatesUnderWay { get; set; }

    /// <summary>Whether all the world must know by now that this user is connected.</summary>
    public bool BackForLong => Connected && _run.World.NowMs > _connectedAtMs + 1_500;

    /// <summary>Whether the grace had not run out when the present connection came up.</summary>
    public bool SessionLives { get; private set; }

    public bool HoldUndecided => Confirmed is { Told: null } && _run.World.NowMs <= ConfirmedUntilMs + 1_000;

    public bool StopUndecided => Confirmed is { Concluded: false } seat && seat.RecheckStep < LastStopStep && HoldUndecided;

    public bool HasBlocked(SimUser other, long beforeStep) =>
        _blocked.TryGetValue(other, out var step) && (beforeStep == 0 || step < beforeStep);

    public void Connect()
    {
        Note("connects", null, View.Room);
        var now = _run.World.NowMs;
        SessionLives = _connection is not null
            && (_detachedAtMs < 0 || now < _detachedAtMs + _run.Plan.Options.GraceMs);
        (_detachedAtMs, _connectedAtMs) = (-1, now);
        _link = new SimLink(_run, this);
        View.Connecting(_link);
        _connection = _run.Engine.Connect(this, new Arrival(Id, true, View.Room, From), _link);
    }

    /// <summary>The socket breaks; the engine is told only after a while, if the user is not back by then.</summary>
    public void Drop(string how, int detachAfterMs)
    {
        if (!Connected)
        {
            return;
        }
        Note(how, detachAfterMs);
        LastDownStep = _run.World.NextStep();
        _link!.Die();
        var connection = _connection!;
        _run.World.After(detachAfterMs, () => Detach(connection));
    }

    /// <summary>The engine has just seen the socket alive for the last time, perhaps in a recheck.</summary>
    public void DieLookedAt(int detachAfterMs)
    {
        if (_run.Plan.Hosts == 0)
        {
            Confirmed = new Seat(this) { RecheckStep = _run.World.NextStep(), Concluded = true };
            ConfirmedUntilMs = _run.World.NowMs + _run.Plan.Options.GraceMs;
        }
        Drop("dies when looked at", detachAfterMs);
    }

    public void DropAndDetach()
    {
        if (Connected)
        {
            Note("drops", null);
            LastDownStep = _run.World.NextStep();
            _link!.Die();
            Detach(_connection!);
        }
    }

    public void Start(SearchRequest wish)
    {
        Note("starts", wish.Chat);
        Wish = wish;
        LastAskStep = LastStartStep = _run.World.NextStep();
        View.Asked(ClientState.Searching);
        _connection!.Start(wish);
    }

    public void Stop()
    {
        Note("stops", null);
        LastAskStep = LastStopStep = _run.World.NextStep();
        View.Asked(ClientState.Idle);
        _connection!.Stop();
    }

    public void Block()
    {
        if (View.Match is not { } match)
        {
            return;
        }
        Note("blocks", _run.Find(match.Peer), match.Room);
        LastStopStep = _run.World.NextStep();
        // Before the call: what follows from the block is told within it.
        _blocked[_run.Find(match.Peer)] = LastStopStep;
        if (!_connection!.Block(match.Room))
        {
            _blocked.Remove(_run.Find(match.Peer));
        }
    }

    /// <summary>What the engine says counts: a start put off by a handshake ended with the connection that sent it.</summary>
    public void Remember(Welcome welcome)
    {
        LastAskStep = 0;
        if (welcome.Chat is { } chat && chat != Wish.Chat)
        {
            Wish = SearchRequest.ForAnyone(chat);
        }
    }

    public void Acknowledge(RoomId room)
    {
        if (Connected && View.Room == room)
        {
            Note("acks", null, room);
            _run.Ledger.Get(room).Seat(this)!.Acked = true;
            _connection!.Acknowledge(room);
        }
    }

    public void SendFrames(int count)
    {
        for (var i = 0; i < count && View.Room is { } room; i++)
        {
            _run.Ledger.Get(room).Seat(this)!.Acked = true;
            var frame = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $">{room}|{Id}:{++_frames}"));
            _connection!.Relay(frame.AsSpan(1, room.Value.Length), frame);
        }
    }

    /// <summary>Told of a room: acknowledges after a while, mostly in time, sometimes never.</summary>
    public void Entered(Matched match)
    {
        if (Manner is { } manner)
        {
            manner(this, match);
            return;
        }
        var (link, random) = (_link, _run.World.Random);
        var never = _run.Churning && random.Next(100) < 3;
        var after = _run.Churning && random.Next(100) < 4 ? 900 + random.Next(1_500) : random.Next(250);
        if (never)
        {
            return;
        }
        _run.World.After(after, () =>
        {
            if (_link != link || !Connected || View.Room != match.Room)
            {
                return;
            }
            if (random.Next(3) == 0)
            {
                SendFrames(1 + random.Next(3));
            }
            else
            {
                Acknowledge(match.Room);
            }
        });
    }

    public SearchRequest NewWish()
    {
        var random = _run.World.Random;
        var chat = random.Next(10) < 8 ? ChatType.Video : ChatType.Text;
        var interests = Enumerable.Range(0, random.Next(4)).Select(_ => Interests[random.Next(Interests.Length)]);
        var languages = Enumerable.Range(0, random.Next(2)).Select(_ => Languages[random.Next(Languages.Length)]);
        SearchRequest.TryCreate(chat, [.. interests], [.. languages], out var wish, out _);
        return wish;
    }

    public override string ToString() => Name;

    private void Detach(IUserConnection connection)
    {
        if (connection == _connection && !Connected && _detachedAtMs < 0)
        {
            _detachedAtMs = _run.World.NowMs;
            Note("is detached", null);
        }
        connection.Detach();
    }

    private void Note(string what, object? detail, RoomId? room = null) =>
        _run.World.Trace.Note(this, room ?? View.Room, what, detail);
}
