namespace Camdiv.Silo.Configuration;

/// <summary>Users' reports in Redis. Bound from the configuration section <c>Reports</c>.</summary>
public sealed class ReportStreamOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Reports";

    /// <summary>Key of the stream.</summary>
    public string Stream { get; set; } = "camdiv:reports";

    /// <summary>
    /// About how many reports the stream holds (1 to 100,000,000). When it is full, reports are refused until an operator has
    /// taken some out.
    /// </summary>
    public int MaxLength { get; set; } = 100_000;

    /// <summary>Reports kept in memory while Redis is away; further ones are refused (1 to 1,000,000).</summary>
    public int MaxPending { get; set; } = 10_000;

    /// <summary>Reports older than this are taken out of the stream, in days (0 to 3,650); 0: none is.</summary>
    public int KeepDays { get; set; }

    /// <summary>How long to wait after a failed write, in ms (50 to 60,000).</summary>
    public int RetryMs { get; set; } = 1_000;

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Rules.Ranges(
            (nameof(MaxLength), MaxLength, 1, 100_000_000),
            (nameof(MaxPending), MaxPending, 1, 1_000_000),
            (nameof(KeepDays), KeepDays, 0, 3_650),
            (nameof(RetryMs), RetryMs, 50, 60_000)).ToList();
        if (Stream.Length is 0 or > 256)
        {
            problems.Add((nameof(Stream), "must be a key of 1 to 256 characters"));
        }
        return problems;
    }
}
