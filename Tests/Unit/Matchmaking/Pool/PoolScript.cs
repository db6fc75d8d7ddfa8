using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Matchmaking.Pool;

/// <summary>A waiting pool with a hand-driven clock and users named by single words, so that a rule reads as a story.</summary>
internal sealed class PoolScript(int patienceMs = 3_000)
{
    private const long StartMs = 1_000_000_000_000;

    private readonly WaitingPool _pool = new(new MatchmakingOptions { PatienceMs = patienceMs }, StartMs);
    private long _nextId;

    public WaitingPool Pool => _pool;

    public int Networks => _pool.Networks;

    public long NowMs { get; private set; } = StartMs;

    public Ticket Ticket(
        string user,
        string[]? likes = null,
        string[]? speaks = null,
        string[]? blocks = null,
        string? avoids = null,
        int avoidsForMs = 10_000,
        int waitedMs = 0,
        bool front = false,
        int from = 0,
        bool proven = false)
    {
        Assert.True(SearchRequest.TryCreate(ChatType.Video, likes, speaks, out var request, out _));
        return new Ticket
        {
            Id = ++_nextId,
            User = new(user),
            Host = new("here"),
            Request = request,
            SinceMs = NowMs - waitedMs,
            Front = front,
            From = new AddressPrefix((ulong)from),
            Proven = proven,
            Blocked = BlockSet.From((blocks ?? []).Select(name => new UserId(name))),
            Avoid = avoids is null ? null : new UserId(avoids),
            AvoidUntilMs = avoids is null ? 0 : NowMs + avoidsForMs,
        };
    }

    /// <summary>Adds a ticket and says whom it met: "first+second", or null when it waits.</summary>
    public string? Add(Ticket ticket) => _pool.Add(ticket, NowMs) is { } pair ? Name(pair) : null;

    public string? Add(string user, string[]? likes = null, string[]? speaks = null, string[]? blocks = null) =>
        Add(Ticket(user, likes, speaks, blocks));

    /// <summary>Lets time go by and passes, as the engine does every 200 ms; says who met, in order.</summary>
    public string[] Wait(int ms)
    {
        var met = new List<string>();
        for (var rest = ms; rest > 0; rest -= 200)
        {
            NowMs += Math.Min(rest, 200);
            met.AddRange(Pass());
        }
        return [.. met];
    }

    /// <summary>Lets time go by without a pass.</summary>
    public void Skip(int ms) => NowMs += ms;

    public string[] Pass()
    {
        var pairs = new List<Pair>();
        _pool.Pass(NowMs, pairs);
        return [.. pairs.Select(Name)];
    }

    private static string Name(Pair pair) => $"{pair.First.User}+{pair.Second.User}";
}
