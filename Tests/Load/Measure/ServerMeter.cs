using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Measure;

/// <summary>
/// Processor time and memory of a server's processes on this machine, which may be killed and replaced meanwhile: what an
/// ended process had used stays counted. Safe to use from any thread.
/// </summary>
public sealed class ServerMeter
{
    private readonly Lock _gate = new();
    private readonly List<Life> _lives = [];

    /// <summary>A meter of one process; of none when it is not known or not here.</summary>
    public static ServerMeter Of(int? process)
    {
        var meter = new ServerMeter();
        if (process is { } id)
        {
            meter.Watch("server", id);
        }
        return meter;
    }

    /// <summary>Watches a process from now on; one watched under the same name before has ended.</summary>
    public void Watch(string name, int process)
    {
        lock (_gate)
        {
            foreach (var life in _lives.Where(life => life.Name == name))
            {
                life.Ended = true;
            }
            _lives.Add(new Life(name, process));
        }
    }

    /// <summary>What all of them have used: processor time of the ended ones too, memory of the living. Null: nothing can be read.</summary>
    public ServerUsage? Read()
    {
        lock (_gate)
        {
            var (seen, cpu, kernel, resident, threads) = (false, 0.0, 0.0, 0L, 0);
            foreach (var life in _lives)
            {
                var now = life.Look();
                seen |= now is not null || life.Last is not null;
                cpu += (now ?? life.Last)?.CpuSeconds ?? 0;
                kernel += (now ?? life.Last)?.KernelSeconds ?? 0;
                resident += now?.ResidentBytes ?? 0;
                threads += now?.Threads ?? 0;
            }
            return seen ? new ServerUsage(cpu, kernel, resident, threads) : null;
        }
    }

    /// <summary>Reads, and keeps the memory of each process for <see cref="Trends"/>.</summary>
    public ServerUsage? Sample()
    {
        var usage = Read();
        lock (_gate)
        {
            var now = WireClock.Now / 1e6;
            foreach (var life in _lives)
            {
                if (!life.Ended && life.Last is { } last)
                {
                    life.Memory.Add((now, last.ResidentBytes / 1048576.0));
                }
            }
        }
        return usage;
    }

    /// <summary>Forgets the samples so far.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _lives.ForEach(life => life.Memory.Clear());
        }
    }

    /// <summary>How the memory of each process went, its first time left out, in which it compiles and fills its pools.</summary>
    /// <param name="settling">That first time.</param>
    public IReadOnlyList<MemoryTrend> Trends(TimeSpan settling)
    {
        lock (_gate)
        {
            return [.. _lives.Select(life => life.Trend(settling.TotalSeconds)).OfType<MemoryTrend>()];
        }
    }

    private sealed class Life(string name, int process)
    {
        public string Name => name;

        public bool Ended { get; set; }

        public ServerUsage? Last { get; private set; }

        public List<(double At, double Megabytes)> Memory { get; } = [];

        public ServerUsage? Look()
        {
            if (Ended)
            {
                return null;
            }
            // A killed process is gone before its replacement is named here; until it is waited for it has no memory.
            ServerUsage? now = ServerUsage.Read(process) is { ResidentBytes: > 0 } alive ? alive : null;
            Ended = now is null && Last is not null;
            Last = now ?? Last;
            return now;
        }

        public MemoryTrend? Trend(double settling)
        {
            if (Memory.Count == 0)
            {
                return null;
            }
            var settled = Memory.Where(sample => sample.At >= Memory[0].At + settling).ToList();
            if (settled.Count < 30)
            {
                return null;
            }
            return new MemoryTrend(
                Name, settled[^1].At - settled[0].At, settled[0].Megabytes, settled[^1].Megabytes, Slope.PerHour(settled));
        }
    }
}

/// <summary>How the memory of one process went.</summary>
/// <param name="Process">Its name.</param>
/// <param name="Seconds">Over how long.</param>
/// <param name="FirstMegabytes">Resident memory when that began.</param>
/// <param name="LastMegabytes">Resident memory at the end.</param>
/// <param name="MegabytesPerHour">Growth: the slope of the line that fits best.</param>
public sealed record MemoryTrend(string Process, double Seconds, double FirstMegabytes, double LastMegabytes, double MegabytesPerHour);
