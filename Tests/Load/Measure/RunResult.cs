namespace Camdiv.Tests.Load.Measure;

/// <summary>The usual percentiles of a histogram, in milliseconds.</summary>
public sealed record Latency(long Count, double P50, double P95, double P99, double P999, double Max)
{
    /// <summary>Reads them off a histogram of microseconds.</summary>
    public static Latency Of(Histogram histogram) => new(
        histogram.Count,
        histogram.Percentile(0.5) / 1e3,
        histogram.Percentile(0.95) / 1e3,
        histogram.Percentile(0.99) / 1e3,
        histogram.Percentile(0.999) / 1e3,
        histogram.Max / 1e3);
}

/// <summary>One second of a run.</summary>
public sealed record Sample(
    double At, double Starts, double Matches, double Frames, double MatchP99Ms, double ServerCores, double ServerMegabytes,
    double TesterBusy, int Online, int Waiting);

/// <summary>What a server on this machine used while measured.</summary>
public sealed record ServerCost
{
    /// <summary>Processor time a second, in cores.</summary>
    public double Cores { get; init; }

    /// <summary>The share of its processor time that it spent in the kernel, 0 to 1.</summary>
    public double KernelShare { get; init; }

    /// <summary>What everything else on the machine used, in cores, tester excluded: the more, the less the figures mean.</summary>
    public double OthersCores { get; init; }

    /// <summary>Processor time for each match, everything included, in microseconds; null without matches.</summary>
    public double? CpuPerMatchMicros { get; init; }

    /// <summary>Processor time for each relayed frame, everything included, in microseconds; null without frames.</summary>
    public double? CpuPerFrameMicros { get; init; }

    /// <summary>Processor time for each complete call script, in microseconds; null without scripts.</summary>
    public double? CpuPerScriptMicros { get; init; }

    /// <summary>Resident memory at the end.</summary>
    public double ResidentMegabytes { get; init; }

    /// <summary>Resident memory that the connections added, for each, in kilobytes; null when too few were opened.</summary>
    public double? KilobytesPerConnection { get; init; }

    /// <summary>Growth of resident memory over the measured time, by least squares.</summary>
    public double MegabytesPerHour { get; init; }

    /// <summary>How the memory of each process went once settled; empty for short runs.</summary>
    public IReadOnlyList<MemoryTrend> Trends { get; init; } = [];
}

/// <summary>How many invariants were broken, and the first of them.</summary>
public sealed record InvariantSummary(
    long Total, int Clients, int Rooms, long MatchesTold, long Frames, IReadOnlyDictionary<string, long> ByKind,
    IReadOnlyList<string> First);

/// <summary>A whole run.</summary>
public sealed record RunResult
{
    /// <summary>What was driven.</summary>
    public required string Server { get; init; }

    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Its size and pace, as given.</summary>
    public required Scenarios.LoadOptions Options { get; init; }

    /// <summary>Where and when it ran.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Users over the whole run.</summary>
    public int Users { get; init; }

    /// <summary>Seconds measured.</summary>
    public double Seconds { get; init; }

    /// <summary>Searches begun a second.</summary>
    public double StartsPerSecond { get; init; }

    /// <summary>Matches a second.</summary>
    public double MatchesPerSecond { get; init; }

    /// <summary>Frames relayed a second, counted where they arrive.</summary>
    public double FramesPerSecond { get; init; }

    /// <summary>Call scripts completed a second.</summary>
    public double ScriptsPerSecond { get; init; }

    /// <summary>From the intended start to matched, with a partner waiting.</summary>
    public required Latency MatchWithPartner { get; init; }

    /// <summary>From the intended start to matched, with nobody waiting.</summary>
    public required Latency MatchAlone { get; init; }

    /// <summary>Age in the queue at match.</summary>
    public required Latency QueueAge { get; init; }

    /// <summary>From a frame's intended sending to its arrival.</summary>
    public required Latency Relay { get; init; }

    /// <summary>From opening a connection to welcome.</summary>
    public required Latency Connect { get; init; }

    /// <summary>How late the tester's own timers were.</summary>
    public required Latency TimerLate { get; init; }

    /// <summary>Busy share of the tester's thread.</summary>
    public double TesterBusy { get; init; }

    /// <summary>Errors by what they say.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>What the server used; null when it is not on this machine.</summary>
    public ServerCost? Cost { get; init; }

    /// <summary>The invariants.</summary>
    public required InvariantSummary Invariants { get; init; }

    /// <summary>Second by second.</summary>
    public required IReadOnlyList<Sample> Samples { get; init; }
}

/// <summary>Where and when a run took place.</summary>
public sealed record Machine(string Processor, int Cores, string OperatingSystem, string Runtime, string Date)
{
    /// <summary>This machine, now.</summary>
    public static Machine Here()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return new Machine(
            model?[(model.IndexOf(':') + 1)..].Trim() ?? "unknown",
            Environment.ProcessorCount,
            System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture));
    }
}
