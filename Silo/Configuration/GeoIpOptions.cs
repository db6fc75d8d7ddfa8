namespace Camdiv.Silo.Configuration;

/// <summary>Where a client is, by its address. Bound from the configuration section <c>GeoIp</c>.</summary>
public sealed class GeoIpOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "GeoIp";

    /// <summary>
    /// Path of a GeoIP2 or GeoLite2 City database; relative to the content root. Empty: clients are placed by their UTC
    /// offset. The file may come, change and go while the node runs.
    /// </summary>
    public string DatabasePath { get; set; } = "";

    /// <summary>How often the file is looked at for a change, in ms (100 to 3,600,000).</summary>
    public int PollIntervalMs { get; set; } = 5_000;

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems() =>
        Rules.Ranges((nameof(PollIntervalMs), PollIntervalMs, 100, 3_600_000));
}
