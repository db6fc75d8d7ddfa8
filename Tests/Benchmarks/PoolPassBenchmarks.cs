using BenchmarkDotNet.Attributes;
using Camdiv.Matchmaking;

namespace Camdiv.Tests.Benchmarks;

/// <summary>What a pass costs that finds nothing to do, by how many wait: a hundred passes, 200 ms apart, at a time.</summary>
[MemoryDiagnoser]
[InvocationCount(1)]
public class PoolPassBenchmarks
{
    private const int Passes = 100;
    private const int PassIntervalMs = 200;

    private readonly List<Pair> _pairs = [];
    private Ticket[] _tickets = [];
    private WaitingPool _pool = null!;

    /// <summary>How many wait.</summary>
    [Params(100, 1_000, 10_000, 100_000)]
    public int Waiting { get; set; }

    /// <summary>Makes the tickets.</summary>
    [GlobalSetup]
    public void MakeTickets() =>
        _tickets = [.. Enumerable.Range(0, Waiting).Select(i => PoolFill.MakeTicket($"w{i}", i))];

    /// <summary>Fills a pool anew: its time only goes forward.</summary>
    [IterationSetup]
    public void Fill()
    {
        _pool = PoolFill.MakePool();
        foreach (var ticket in _tickets)
        {
            _pool.Add(ticket, PoolFill.NowMs);
        }
    }

    /// <summary>Nobody's patience is over yet.</summary>
    [Benchmark(OperationsPerInvoke = Passes)]
    public int PassWithNothingDue()
    {
        for (var i = 1; i <= Passes; i++)
        {
            _pool.Pass(PoolFill.NowMs + (i * PassIntervalMs), _pairs);
        }
        return _pairs.Count;
    }
}
