using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Load.Measure;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>One run's users, figures and plan, as scenarios see them. Lives on the loop's thread.</summary>
public sealed class LoadRun
{
    private const int MostConnecting = 200;

    private readonly List<VirtualUser> _users = [];
    private readonly Dictionary<WireId, VirtualUser> _rooms = [];
    private readonly Dictionary<string, WaitingUsers> _waiting = [];
    private readonly Queue<VirtualUser> _toConnect = new();
    private int _connecting;

    internal LoadRun(LoadLoop loop, ILoadDriver driver, Scenario scenario, LoadOptions options)
    {
        Loop = loop;
        Driver = driver;
        Scenario = scenario;
        Options = options;
        Random = new Random(options.Seed);
    }

    /// <summary>The loop all of it runs on.</summary>
    public LoadLoop Loop { get; }

    /// <summary>What reaches the server.</summary>
    public ILoadDriver Driver { get; }

    /// <summary>What the users do.</summary>
    public Scenario Scenario { get; }

    /// <summary>Size and pace.</summary>
    public LoadOptions Options { get; }

    /// <summary>Chance, the same in every run of a seed.</summary>
    public Random Random { get; }

    /// <summary>What is counted.</summary>
    public Figures Figures { get; } = new();

    /// <summary>Everybody so far.</summary>
    public IReadOnlyList<VirtualUser> Users => _users;

    /// <summary>Whether the run winds down: nothing new begins.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Users in a state.</summary>
    public int CountOf(UserState state) => _users.Count(user => user.State == state);

    /// <summary>Users who wait as far as the tester knows.</summary>
    public int Waiting => _waiting.Values.Sum(waiting => waiting.Count);

    /// <summary>A user that is not connected yet.</summary>
    public VirtualUser NewUser()
    {
        var user = new VirtualUser(this, _users.Count);
        _users.Add(user);
        return user;
    }

    internal WaitingUsers WaitingFor(string chat)
    {
        if (!_waiting.TryGetValue(chat, out var waiting))
        {
            _waiting[chat] = waiting = new WaitingUsers();
        }
        return waiting;
    }

    /// <summary>A user is told of a room.</summary>
    /// <returns>The user who was told of it before, for the second one; strangers do not tell who they are.</returns>
    internal VirtualUser? Meet(WireId room, VirtualUser user)
    {
        if (room.IsNone)
        {
            return null;
        }
        if (_rooms.Remove(room, out var other))
        {
            return other;
        }
        _rooms[room] = user;
        return null;
    }

    /// <summary>Connects many users, a few at a time: a listening socket's backlog is short.</summary>
    internal void ConnectAll(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _toConnect.Enqueue(NewUser());
        }
        ConnectMore();
    }

    internal bool AllConnected => _toConnect.Count == 0 && _connecting == 0;

    internal void Connected()
    {
        if (_connecting > 0)
        {
            _connecting--;
            ConnectMore();
        }
    }

    /// <summary>Nothing new begins; everybody stops, so that the queues are empty for whoever comes next.</summary>
    internal void End()
    {
        IsEnding = true;
        foreach (var user in _users.Where(user => user.State is UserState.Searching or UserState.InRoom))
        {
            user.Stop();
        }
    }

    internal void CloseAll()
    {
        foreach (var user in _users.Where(user => user.State != UserState.Offline))
        {
            user.Leave();
        }
    }

    private void ConnectMore()
    {
        while (_connecting < MostConnecting && _toConnect.TryDequeue(out var user))
        {
            _connecting++;
            user.Connect();
        }
    }
}
