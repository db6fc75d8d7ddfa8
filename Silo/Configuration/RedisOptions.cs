using StackExchange.Redis;

namespace Camdiv.Silo.Configuration;

/// <summary>Redis, where the cluster meets. Bound from the configuration section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Redis";

    /// <summary>
    /// StackExchange.Redis connection string, such as <c>redis.example:6379,password=…</c>. Empty: this node is a cluster
    /// of its own and keeps its state in memory.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>How long a starting node waits for Redis before it gives up, in ms (0 to 3,600,000).</summary>
    public int StartTimeoutMs { get; set; } = 60_000;

    /// <summary>Whether there is a Redis.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(ConnectionString);

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Rules.Ranges((nameof(StartTimeoutMs), StartTimeoutMs, 0, 3_600_000)).ToList();
        if (IsConfigured && !TryParse(out _))
        {
            problems.Add((nameof(ConnectionString), "must be HOST:PORT, optionally followed by options such as ,password=…"));
        }
        return problems;
    }

    /// <summary>Reads the connection string.</summary>
    public bool TryParse(out ConfigurationOptions options)
    {
        try
        {
            options = ConfigurationOptions.Parse(ConnectionString);
            return options.EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            options = new ConfigurationOptions();
            return false;
        }
    }
}
