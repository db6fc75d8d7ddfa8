using System.Globalization;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>Two who have met and stay together, each counting aloud to the other.</summary>
internal sealed class Couple(Person a, Person b)
{
    private readonly Side[] _sides = [new(a), new(b)];

    /// <summary>The room they met in.</summary>
    public string Room { get; private set; } = "";

    /// <summary>Why the room ended, as either was told; null while it lasts.</summary>
    public string? EndedBy => _sides[0].EndedBy ?? _sides[1].EndedBy;

    /// <summary>Numbers that came for the first time after a greater one.</summary>
    public int Disordered => _sides.Sum(side => side.Disordered);

    /// <summary>
    /// Numbers that came again: a gateway that ends may have taken a frame and not have said so any more, and the frame is
    /// then sent to the next one, too.
    /// </summary>
    public int Repeated => _sides.Sum(side => side.Repeated);

    /// <summary>Numbers that never came although later ones did.</summary>
    public int Missed => _sides.Sum(side => side.Missed);

    /// <summary>Numbers that came.</summary>
    public int Heard => _sides.Sum(side => side.Heard);

    /// <summary>What came out of order: who heard what, and how long after either's last return.</summary>
    public IEnumerable<string> Notes => _sides.SelectMany(side => side.Notes);

    /// <summary>The two.</summary>
    public IEnumerable<Person> People => _sides.Select(side => side.Person);

    /// <summary>Meets, by an interest that nobody else has.</summary>
    public async Task MeetAsync(string interest, CancellationToken ending)
    {
        foreach (var side in _sides)
        {
            (side.Client, _) = await side.Person.ConnectAsync(ending);
            await side.Client.StartAsync("video", interests: [interest]);
        }
        foreach (var side in _sides)
        {
            var matched = await side.Client!.NextAsync(m => m.Type == "matched", $"matched for {interest}", TimeSpan.FromSeconds(20));
            Room = matched.Room!;
            side.Person.InRoom(Room);
        }
    }

    /// <summary>Talks until told to rest.</summary>
    public Task RunAsync(CancellationToken resting) => Task.WhenAll(_sides.Select(side => RunAsync(side, resting)));

    /// <summary>Numbers heard since <paramref name="micros"/> of <see cref="WireClock"/>, by the side that heard fewer.</summary>
    public int HeardSince(long micros) => _sides.Min(side => side.HeardSince(micros));

    private async Task RunAsync(Side side, CancellationToken resting)
    {
        try
        {
            while (side.EndedBy is null)
            {
                using var one = CancellationTokenSource.CreateLinkedTokenSource(resting);
                Task[] both = [TalkAsync(side, one.Token), ListenAsync(side, one.Token)];
                await Task.WhenAny(both);
                await one.CancelAsync();
                await EndedAsync(both);
                resting.ThrowIfCancellationRequested();
                if (side.EndedBy is null)
                {
                    await side.Person.LostAsync(side.Client!);
                    await ReturnAsync(side, resting);
                }
            }
        }
        catch (OperationCanceledException) when (resting.IsCancellationRequested)
        {
            // It rests in its room.
        }
    }

    private Side Other(Side side) => side == _sides[0] ? _sides[1] : _sides[0];

    private static async Task EndedAsync(Task[] both)
    {
        try
        {
            await Task.WhenAll(both);
        }
        catch (Exception exception) when (Person.IsLoss(exception) || exception is OperationCanceledException or TimeoutException)
        {
            // One failed with the connection, the other was called off.
        }
    }

    private async Task ReturnAsync(Side side, CancellationToken resting)
    {
        (side.Client, var welcome) = await side.Person.ConnectAsync(resting);
        side.ReturnedAt = WireClock.Now;
        if (welcome.State != "in-room" || side.Client.Room != Room)
        {
            side.EndedBy = $"came back {welcome.State}";
        }
    }

    private static async Task TalkAsync(Side side, CancellationToken ending)
    {
        while (side.EndedBy is null)
        {
            await side.Client!.RelayAsync((++side.Said).ToString(CultureInfo.InvariantCulture));
            await Task.Delay(TimeSpan.FromMilliseconds(side.Person.Random.Next(60, 140)), TimeProvider.System, ending);
        }
    }

    private async Task ListenAsync(Side side, CancellationToken ending)
    {
        while (side.EndedBy is null)
        {
            var next = await side.Client!.NextAsync(_ => true, "anything", TimeSpan.FromMinutes(10)).WaitAsync(ending);
            if (next.Type == "peer-left" && next.Room == Room)
            {
                side.EndedBy = $"peer-left {next.Reason}";
            }
            else if (next.Payload is { } payload && int.TryParse(payload, CultureInfo.InvariantCulture, out var number))
            {
                side.Hear(number, Other(side));
            }
        }
    }

    /// <summary>Ends the couple's connections.</summary>
    public async Task LeaveAsync()
    {
        foreach (var side in _sides)
        {
            if (side.Client is { } client)
            {
                await client.DisposeAsync();
            }
        }
    }

    private sealed class Side(Person person)
    {
        private readonly List<long> _heardAt = [];
        private readonly HashSet<int> _numbers = [];
        private int _last;

        public Person Person => person;

        public WireClient? Client { get; set; }

        public int Said { get; set; }

        public int Heard => _heardAt.Count;

        public int Disordered { get; private set; }

        public int Repeated { get; private set; }

        public int Missed { get; private set; }

        public string? EndedBy { get; set; }

        public int HeardSince(long micros)
        {
            lock (_heardAt)
            {
                return _heardAt.Count(at => at >= micros);
            }
        }

        public long ReturnedAt { get; set; }

        public List<string> Notes { get; } = [];

        public void Hear(int number, Side other)
        {
            lock (_heardAt)
            {
                _heardAt.Add(WireClock.Now);
            }
            if (!_numbers.Add(number))
            {
                Repeated++;
                return;
            }
            if (number <= _last)
            {
                Disordered++;
                Notes.Add($"{person.Log.Name} at {person.Gateway.Port} heard {number} after {_last}, {Since(ReturnedAt)} after its own return, "
                    + $"{Since(other.ReturnedAt)} after the other's to {other.Person.Gateway.Port}");
                return;
            }
            Missed += number - _last - 1;
            _last = number;
        }

        private static string Since(long at) => at == 0 ? "never" : $"{(WireClock.Now - at) / 1000} ms";
    }
}
