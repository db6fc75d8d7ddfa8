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
            new("Reports:" + nameof(ReportOptions.MaxFiles), Reports.MaxFiles, 1, 1_000),
            new("Reports:" + nameof(ReportOptions.KeepDays), Reports.KeepDays, 0, 3_650),
            new("Reports:" + nameof(ReportOptions.PerIdentity), Reports.PerIdentity, 1, 1_000_000),
            new("Reports:" + nameof(ReportOptions.PerAddress), Reports.PerAddress, 1, 1_000_000)).ToList();
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

/// <summary>Users' reports: how many are taken, and the files of the single process. Bound from <c>Storage:Reports</c>.</summary>
public sealed class ReportOptions
{
    /// <summary>Size at which a report file is set aside and a new one begun, in bytes (4,096 to 1 TiB).</summary>
    public long MaxFileBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Most report files, the present one included (1 to 1,000). When all are full, reports are refused until an operator has
    /// taken a file away.
    /// </summary>
    public int MaxFiles { get; set; } = 8;

    /// <summary>Report files whose last report is older than this are deleted, in days (0 to 3,650); 0: none is.</summary>
    public int KeepDays { get; set; }

    /// <summary>Reports one identity may make within 24 h at a gateway (1 to 1,000,000).</summary>
    public int PerIdentity { get; set; } = 20;

    /// <summary>Reports one address (IPv6: one /56) may make within 24 h at a gateway (1 to 1,000,000).</summary>
    public int PerAddress { get; set; } = 100;
}
