using BenchmarkDotNet.Attributes;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Benchmarks;

/// <summary>
/// What a waiting pool's operations cost, by how many wait: the figures must not grow with the pool. Everybody waits
/// with ten interests of their own, which is what keeps a pool from emptying itself.
/// </summary>
[MemoryDiagnoser]
public class PoolBenchmarks
{
    private const int Rotation = 1_024;
    private const int PassMs = 200;

    private Ticket[] _waiting = [];
    private Ticket[] _strangers = [];
    private Ticket[] _partners = [];
    private WaitingPool _pool = null!;
    private readonly List<Pair> _pairs = [];
    private long _nowMs = PoolFill.NowMs;
    private int _next;

    /// <summary>How many wait.</summary>
    [Params(100, 1_000, 10_000, 100_000)]
    public int Waiting { get; set; }

    /// <summary>Fills the pool.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _pool = PoolFill.MakePool();
        // Spread over the pool, so that each operation touches another place of it, as real arrivals do.
        var step = Math.Max(1, Waiting / Rotation);
        _waiting = new Ticket[Math.Min(Rotation, Waiting)];
        _partners = new Ticket[_waiting.Length];
        for (var i = 0; i < Waiting; i++)
        {
            var ticket = PoolFill.MakeTicket($"w{i}", i);
            _pool.Add(ticket, PoolFill.NowMs);
            if (i % step == 0 && i / step < _waiting.Length)
            {
                _waiting[i / step] = ticket;
                _partners[i / step] = PoolFill.MakeTicket($"p{i}", i);
            }
        }
        _strangers = [.. Enumerable.Range(0, Rotation).Select(i => PoolFill.MakeTicket($"s{i}", Waiting + i) with { Proven = false })];
        if (_pool.Count != Waiting)
        {
            throw new InvalidOperationException($"{_pool.Count} wait instead of {Waiting}.");
        }
    }

    /// <summary>Somebody comes, finds nobody, and goes again.</summary>
    [Benchmark]
    public bool ArriveAndLeave()
    {
        var ticket = _strangers[_next++ & (Rotation - 1)];
        _pool.Add(ticket, PoolFill.NowMs);
        return _pool.Remove(ticket.User, ticket.Id);
    }

    /// <summary>Somebody comes and meets one who waits; another takes the free place.</summary>
    [Benchmark]
    public Pair? ArriveAndMeet()
    {
        var index = _next++ % _waiting.Length;
        var pair = _pool.Add(_partners[index], PoolFill.NowMs);
        _pool.Add(_waiting[index], PoolFill.NowMs);
        return pair;
    }

    /// <summary>As before, and the one who comes is a newcomer of an address never seen before.</summary>
    [Benchmark]
    public Pair? ArriveAndMeetAsNewcomer()
    {
        var index = _next++ % _waiting.Length;
        var newcomer = _partners[index] with { Proven = false, From = new AddressPrefix(ulong.MaxValue - (ulong)_next) };
        // Now and then a pass, in which what is left of earlier newcomers is forgotten.
        _nowMs += (_next & 63) == 0 ? PassMs : 0;
        if ((_next & 63) == 0)
        {
            _pool.Pass(_nowMs, _pairs);
        }
        var pair = _pool.Add(newcomer, _nowMs);
        _pool.Add(_waiting[index] with { SinceMs = _nowMs }, _nowMs);
        return pair;
    }

    /// <summary>A survivor of a failed handshake comes back to the front.</summary>
    [Benchmark]
    public Ticket Requeue()
    {
        var ticket = _waiting[_next++ % _waiting.Length] with { Front = true, Id = _next };
        _pool.Add(ticket, PoolFill.NowMs);
        return ticket;
    }
}
