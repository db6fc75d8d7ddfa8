using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Scenarios;

/// <summary>What a virtual user is doing.</summary>
public enum UserState : byte
{
    /// <summary>Not connected.</summary>
    Offline,

    /// <summary>Connecting.</summary>
    Connecting,

    /// <summary>Connected, wanting nothing.</summary>
    Idle,

    /// <summary>Looking for a stranger.</summary>
    Searching,

    /// <summary>With a stranger.</summary>
    InRoom,
}

/// <summary>
/// One person of a run. It keeps the state, measures and notes; what it does next is the scenario's. Lives on the loop's
/// thread.
/// </summary>
public sealed class VirtualUser : ILoadEvents, ITimed
{
    private const int TagBits = 8;

    private readonly LoadRun _run;
    private readonly ILoadClient _client;
    private int _version;
    private long _intendedAt, _queuedAt, _openedAt;
    private bool _found, _told, _measured, _stopped;

    internal VirtualUser(LoadRun run, int index)
    {
        _run = run;
        Index = index;
        Log = new ClientLog($"user {index}");
        _client = run.Driver.Create(this, Log);
    }

    /// <summary>Its number.</summary>
    public int Index { get; }

    /// <summary>Its log for the invariant checker.</summary>
    public ClientLog Log { get; }

    /// <summary>What it is doing.</summary>
    public UserState State { get; private set; }

    /// <summary>The chat type it looks for.</summary>
    public string Chat { get; set; } = "video";

    /// <summary>An interest it names, if any.</summary>
    public string? Interest { get; set; }

    /// <summary>Whether it makes the offer in its present room.</summary>
    public bool Initiator { get; private set; }

    /// <summary>The last stranger it met, as far as that is a user of this run.</summary>
    public VirtualUser? LastPeer { get; private set; }

    /// <summary>Free for the scenario, 0 with every match.</summary>
    public int Progress { get; set; }

    /// <summary>Free for the scenario.</summary>
    public int Count { get; set; }

    /// <summary>Connects, or comes back after <see cref="Drop"/>.</summary>
    public void Connect()
    {
        _openedAt = WireClock.Now;
        Enter(UserState.Connecting);
        _client.Open();
    }

    /// <summary>Looks for a stranger; in a room, for the next one.</summary>
    /// <param name="intendedAt">When the plan says that it starts: what waiting counts from.</param>
    public void Search(long intendedAt)
    {
        SettleSearch();
        _intendedAt = intendedAt;
        _measured = true;
        _stopped = false;
        Enter(UserState.Searching);
        _found = Interest is null && _run.WaitingFor(Chat).TryTakeFor(this);
        _run.Figures.Starts++;
        _client.Start(Chat, Interest);
    }

    /// <summary>Leaves queue or room.</summary>
    public void Stop()
    {
        SettleSearch();
        _stopped = true;
        Enter(UserState.Idle);
        _client.Stop();
    }

    /// <summary>Sends a payload to the peer.</summary>
    /// <param name="payload">What to send.</param>
    /// <param name="intendedAt">When the plan says that it is sent: what its latency counts from.</param>
    internal void Send(Payload payload, long intendedAt)
    {
        _run.Figures.FramesSent++;
        _client.Relay(payload.Stamp(intendedAt));
    }

    /// <summary>Cuts the connection; <see cref="Connect"/> comes back with the same session.</summary>
    public void Drop()
    {
        SettleSearch();
        Enter(UserState.Offline);
        _client.Drop();
    }

    /// <summary>Closes in order, for good.</summary>
    public void Leave()
    {
        SettleSearch();
        Enter(UserState.Offline);
        _client.Close();
    }

    /// <summary>Wakes the scenario at a time, unless the user's state changes before.</summary>
    public void WakeAt(long due, int tag) => _run.Loop.At(due, this, tag | (_version << TagBits));

    /// <inheritdoc/>
    public void OnTime(long due, int tag)
    {
        if (tag >> TagBits == (_version << TagBits) >> TagBits)
        {
            _run.Figures.TimerLate.Record(WireClock.Now - due);
            _run.Scenario.OnTime(this, due, tag & ((1 << TagBits) - 1));
        }
    }

    /// <inheritdoc/>
    public void OnReady(Standing standing)
    {
        if (State != UserState.Connecting)
        {
            // It was given up meanwhile.
            return;
        }
        _run.Figures.Opened++;
        _run.Figures.Connect.Record(WireClock.Now - _openedAt);
        _measured = false;
        Enter(standing switch
        {
            Standing.Searching => UserState.Searching,
            Standing.InRoom => UserState.InRoom,
            _ => UserState.Idle,
        });
        if (State == UserState.Searching)
        {
            NoteWaiting();
        }
        _run.Connected();
        _run.Scenario.OnReady(this);
    }

    /// <inheritdoc/>
    public void OnSearching(bool requeued)
    {
        if (State == UserState.Offline || (State == UserState.Idle && _stopped))
        {
            // It crossed a stop or a close, and is over by now.
            return;
        }
        if (State is not UserState.Searching)
        {
            // The server put it back by itself: the wait goes on, but it began before this search.
            _measured = false;
            Enter(UserState.Searching);
        }
        NoteWaiting();
    }

    /// <inheritdoc/>
    public void OnMatched(bool initiator, WireId room)
    {
        var now = WireClock.Now;
        _run.Figures.Told++;
        LastPeer = _run.Meet(room, this);
        if (LastPeer is { } peer)
        {
            peer.LastPeer = this;
        }
        if (State == UserState.Searching)
        {
            if (_measured)
            {
                (_found ? _run.Figures.MatchWithPartner : _run.Figures.MatchAlone).Record(now - _intendedAt);
                if (_found)
                {
                    _run.Figures.Recent.Record(now - _intendedAt);
                }
            }
            if (_told)
            {
                _run.Figures.QueueAge.Record(now - _queuedAt);
            }
        }
        SettleSearch();
        if (State is UserState.Offline or UserState.Idle)
        {
            // Stop and the match crossed: the server has taken it out of the room again, or will.
            return;
        }
        Initiator = initiator;
        Progress = 0;
        Enter(UserState.InRoom);
        _run.Scenario.OnMatched(this);
    }

    /// <inheritdoc/>
    public void OnPeerLeft()
    {
        if (State == UserState.InRoom)
        {
            Enter(UserState.Idle);
            _run.Scenario.OnPeerLeft(this);
        }
    }

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<byte> payload)
    {
        _run.Figures.FramesReceived++;
        _run.Figures.Relay.Record(WireClock.Now - Payload.StampOf(payload));
        if (State == UserState.InRoom)
        {
            _run.Scenario.OnFrame(this, (char)payload[0]);
        }
    }

    /// <inheritdoc/>
    public void OnError(string code) => _run.Figures.Error("error " + code);

    /// <inheritdoc/>
    public void OnClosed(int? code, string? fault)
    {
        if (State == UserState.Offline)
        {
            return;
        }
        var connecting = State == UserState.Connecting;
        SettleSearch();
        Enter(UserState.Offline);
        _run.Figures.Error(fault ?? $"closed {code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "without a code"}");
        if (connecting)
        {
            _run.Connected();
        }
        _run.Scenario.OnClosed(this);
    }

    private void Enter(UserState state)
    {
        State = state;
        _version++;
    }

    private void NoteWaiting()
    {
        _queuedAt = WireClock.Now;
        _told = true;
        if (Interest is null)
        {
            _run.WaitingFor(Chat).Add(this);
        }
    }

    private void SettleSearch()
    {
        if (State != UserState.Searching)
        {
            return;
        }
        _run.WaitingFor(Chat).Remove(this);
        if (_found)
        {
            _run.WaitingFor(Chat).Settle();
        }
        (_found, _told) = (false, false);
    }
}
