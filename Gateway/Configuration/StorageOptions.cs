namespace Camdiv.Gateway.Configuration;

/// <summary>What the single process keeps on disk. Bound from the configuration section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Storage";

    /// <summary>Folder of everything kept; relative to the content root.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>The copy of queue and rooms.</summary>
    public BackupOptions Backup { get; } = new();

    /// <summary>The users' reports.</summary>
    public ReportOptions Reports { get; } = new();

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Bound.Check(
            new("Backup:" + nameof(BackupOptions.FlushIntervalMs), Backup.FlushIntervalMs, 10, 60_000),
            new("Reports:" + nameof(ReportOptions.MaxFileBytes), Reports.MaxFileBytes, 4_096, 1L << 40),
            new("Reports:" + nameof(ReportOptions.MaxFiles), Reports.MaxFiles, 1, 1_000)).ToList();
        if (string.IsNullOrWhiteSpace(DataFolder))
        {
            problems.Add((nameof(DataFolder), "must name a folder"));
        }
        return problems;
    }
}

/// <summary>The best-effort copy of queue, rooms and blocks. Bound from <c>Storage:Backup</c>.</summary>
public sealed class BackupOptions
{
    /// <summary>Whether queue, rooms and blocks are copied to disk and restored at start.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often changes are written, in ms (10 to 60,000).</summary>
    public int FlushIntervalMs { get; set; } = 100;
}

/// <summary>The file of users' reports. Bound from <c>Storage:Reports</c>.</summary>
public sealed class ReportOptions
{
    /// <summary>Size at which a report file is set aside and a new one begun, in bytes (4,096 to 1 TiB).</summary>
    public long MaxFileBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Report files kept, the present one included; the oldest goes (1 to 1,000).</summary>
    public int MaxFiles { get; set; } = 8;
}
