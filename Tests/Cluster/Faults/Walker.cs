using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>Someone who meets strangers one after the other: talks a little, then presses next, stops or hangs up.</summary>
internal sealed class Walker(Person person, string chat)
{
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(10);

    private readonly List<WaitSpan> _waits = [];
    private long? _waitingSince;
    private int _asked;

    /// <summary>Who.</summary>
    public Person Person => person;

    /// <summary>What it looks for.</summary>
    public string Chat => chat;

    /// <summary>How long it waited each time, lost connections included; the last may be open.</summary>
    public IReadOnlyList<WaitSpan> Waits
    {
        get
        {
            lock (_waits)
            {
                return _waitingSince is { } since ? [.. _waits, new WaitSpan(chat, since, null)] : [.. _waits];
            }
        }
    }

    /// <summary>Times it was told that it is searching, came back, and was not searching any more.</summary>
    public int PlacesLost { get; private set; }

    /// <summary>Walks until it is told to rest, then leaves the queue or room and disconnects.</summary>
    public async Task RunAsync(CancellationToken resting)
    {
        var (client, welcome) = await person.ConnectAsync(resting);
        var state = welcome.State;
        try
        {
            while (true)
            {
                try
                {
                    await MeetAsync(client, state, resting);
                    await TalkAsync(client, resting);
                    if (!await HangUpAsync(client, resting))
                    {
                        state = "idle";
                        continue;
                    }
                }
                catch (Exception exception) when (Person.IsLoss(exception))
                {
                    await person.LostAsync(client);
                }
                var told = IsWaiting && client.All.Any(m => m.Index >= _asked && (m.Type == "searching" || m.State == "searching"));
                (client, welcome) = await person.ConnectAsync(resting);
                state = welcome.State;
                PlacesLost += told && state == "idle" ? 1 : 0;
            }
        }
        catch (OperationCanceledException) when (resting.IsCancellationRequested)
        {
            await RestAsync(client);
        }
    }

    private async Task MeetAsync(WireClient client, string? state, CancellationToken resting)
    {
        if (state != "in-room")
        {
            // A match that came while this one talked is not the answer to what it asks now.
            _asked = state == "searching" ? 0 : client.All.Count;
            Wait(true);
            if (state != "searching")
            {
                await client.StartAsync(chat);
            }
            var matched = await client.NextAsync(m => m.Type == "matched" && m.Index >= _asked, "matched", Forever).WaitAsync(resting);
            person.InRoom(matched.Room!);
        }
        Wait(false);
    }

    private async Task TalkAsync(WireClient client, CancellationToken resting)
    {
        for (var i = person.Random.Next(1, 5); i > 0; i--)
        {
            await client.RelayAsync("hello");
            await Task.Delay(TimeSpan.FromMilliseconds(person.Random.Next(50, 300)), TimeProvider.System, resting);
        }
    }

    /// <summary>Ends most talks by looking for the next one, some by stopping, some by cutting the connection.</summary>
    /// <returns>Whether the connection is cut.</returns>
    private async Task<bool> HangUpAsync(WireClient client, CancellationToken resting)
    {
        switch (person.Random.Next(10))
        {
            case 0:
                await client.StopAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(person.Random.Next(50, 300)), TimeProvider.System, resting);
                return false;
            case 1:
                await client.DropAsync();
                return true;
            default:
                return false;
        }
    }

    private async Task RestAsync(WireClient client)
    {
        Wait(false, abandoned: true);
        try
        {
            await client.StopAsync();
        }
        catch (Exception exception) when (Person.IsLoss(exception) || exception is OperationCanceledException)
        {
            // It rests without a connection.
        }
        await client.DisposeAsync();
    }

    private bool IsWaiting
    {
        get
        {
            lock (_waits)
            {
                return _waitingSince is not null;
            }
        }
    }

    private void Wait(bool begins, bool abandoned = false)
    {
        lock (_waits)
        {
            if (begins)
            {
                _waitingSince ??= WireClock.Now;
            }
            else if (_waitingSince is { } since)
            {
                _waits.Add(new WaitSpan(chat, since, abandoned ? null : WireClock.Now));
                _waitingSince = null;
            }
        }
    }
}

/// <summary>One wait for a stranger, in microseconds of <see cref="WireClock"/>.</summary>
/// <param name="Chat">For what.</param>
/// <param name="From">Since when.</param>
/// <param name="To">When it was told of one; null when the test ended first.</param>
internal readonly record struct WaitSpan(string Chat, long From, long? To);
