using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Cluster.Faults;

/// <summary>The load of a fault test: walkers for every chat type, and couples who want to keep their rooms.</summary>
internal sealed class Crowd
{
    private static readonly string[] Chats = ["video", "audio", "text"];

    private readonly CancellationTokenSource _resting = new();
    private readonly List<Walker> _walkers = [];
    private readonly List<Couple> _couples = [];
    private readonly List<Task> _running = [];
    private long _restedAt;

    private Crowd(IReadOnlyList<Uri> gateways, int seed, int walkersPerChat, int couples)
    {
        var names = new WireNames();
        var dice = new Random(seed);
        Person Next(string name) => new(name, gateways, new Random(dice.Next()), names);
        foreach (var chat in Chats)
        {
            for (var i = 0; i < walkersPerChat; i++)
            {
                _walkers.Add(new Walker(Next($"{chat} {i}"), chat));
            }
        }
        for (var i = 0; i < couples; i++)
        {
            _couples.Add(new Couple(Next($"left {i}"), Next($"right {i}")));
        }
    }

    /// <summary>Those who want to keep their rooms.</summary>
    public IReadOnlyList<Couple> Couples => _couples;

    /// <summary>Everybody.</summary>
    public IEnumerable<Person> People => _walkers.Select(walker => walker.Person).Concat(_couples.SelectMany(couple => couple.People));

    /// <summary>Gathers the crowd: couples have met and walkers walk.</summary>
    public static async Task<Crowd> GatherAsync(IReadOnlyList<Uri> gateways, int seed, int walkersPerChat = 12, int couples = 12)
    {
        var crowd = new Crowd(gateways, seed, walkersPerChat, couples);
        await Task.WhenAll(crowd._couples.Select((couple, i) => couple.MeetAsync($"couple {i}", crowd._resting.Token)));
        crowd._running.AddRange(crowd._couples.Select(couple => Task.Run(() => couple.RunAsync(crowd._resting.Token))));
        crowd._running.AddRange(crowd._walkers.Select(walker => Task.Run(() => walker.RunAsync(crowd._resting.Token))));
        await Until.TrueAsync(
            () => crowd._walkers.TrueForAll(walker => walker.Waits.Any(wait => wait.To is not null)),
            "every walker has met somebody",
            TimeSpan.FromSeconds(30));
        return crowd;
    }

    /// <summary>Awaits that each chat type was matched since a moment.</summary>
    /// <returns>How long the slowest took.</returns>
    public async Task<TimeSpan> MatchedSinceAsync(long micros, TimeSpan timeout)
    {
        await Until.TrueAsync(() => Chats.All(chat => FirstMatch(chat, micros) is not null), "matches of every chat type", timeout);
        return WireClock.Span(Chats.Max(chat => FirstMatch(chat, micros)!.Value) - micros);
    }

    /// <summary>Awaits that nobody waits any more of those who do now.</summary>
    public Task RelievedAsync(TimeSpan timeout)
    {
        var now = WireClock.Now;
        return Until.TrueAsync(
            () => !Waits.Any(wait => wait.To is null && wait.From <= now), "everybody who waited has met somebody", timeout);
    }

    /// <summary>Matches told between two moments, over all walkers.</summary>
    public int MatchesBetween(long from, long to) => Waits.Count(wait => wait.To is { } at && at >= from && at < to);

    /// <summary>The longest wait that was still going on at or after a moment, counted from then on.</summary>
    /// <param name="micros">The moment.</param>
    /// <param name="but">The gateway whose people do not count; null: everybody does.</param>
    public TimeSpan WorstWaitSince(long micros, Uri? but = null)
    {
        return WaitsSince(micros, but).Select(wait => wait.Length).DefaultIfEmpty().Max();
    }

    /// <summary>Who waited longest at or after a moment, in words.</summary>
    public string LongestWaits(long micros) => string.Join("; ", WaitsSince(micros, null)
        .OrderByDescending(wait => wait.Length)
        .Take(3)
        .Select(wait => FormattableString.Invariant(
            $"{wait.Walker.Person.Log.Name} at {wait.Walker.Person.Gateway.Port} {wait.Length.TotalSeconds:f1} s from {(wait.From - micros) / 1e6:f1} s on")));

    /// <summary>Queue places that were lost with a connection.</summary>
    public int PlacesLost => _walkers.Sum(walker => walker.PlacesLost);

    /// <summary>Couples still in the room they met in, and heard from since a moment.</summary>
    public int RoomsKept(long micros) => _couples.Count(couple => couple.EndedBy is null && couple.HeardSince(micros) > 0);

    /// <summary>Brings everybody to rest and reads all logs.</summary>
    public async Task<InvariantReport> RestAsync(InvariantOptions? options = null)
    {
        _restedAt = WireClock.Now;
        await _resting.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(60));
        await Task.WhenAll(_couples.Select(couple => couple.LeaveAsync()));
        return InvariantChecker.Check(
            [.. People.Select(person => person.Log)], (options ?? new InvariantOptions()) with { EndedAt = _restedAt });
    }

    private IEnumerable<(Walker Walker, long From, TimeSpan Length)> WaitsSince(long micros, Uri? but)
    {
        var end = _restedAt > 0 ? _restedAt : WireClock.Now;
        return
            from walker in _walkers
            where walker.Person.Gateway != but
            from wait in walker.Waits
            let length = Math.Min(wait.To ?? end, end) - Math.Max(wait.From, micros)
            where length > 0
            select (walker, wait.From, WireClock.Span(length));
    }

    private IEnumerable<WaitSpan> Waits => _walkers.SelectMany(walker => walker.Waits);

    private long? FirstMatch(string chat, long micros) => Waits
        .Where(wait => wait.Chat == chat && wait.To >= micros)
        .Select(wait => wait.To)
        .Min();
}
