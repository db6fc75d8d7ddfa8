using System.Security.Cryptography;
using Camdiv.Silo.Security;
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

    /// <summary>
    /// PEM file of the authority that signed Redis' certificate, for a connection with <c>ssl=true</c>. Empty: those that
    /// this machine trusts.
    /// </summary>
    public string Authority { get; set; } = "";

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
        else if (IsConfigured && Authority.Length > 0 && TryParse(out var parsed) && !parsed.Ssl)
        {
            problems.Add((nameof(Authority), $"is of no use unless {nameof(ConnectionString)} says ssl=true"));
        }
        return problems;
    }

    /// <summary>What is wrong with the files these values name, as <see cref="Problems"/>.</summary>
    /// <param name="root">Folder that relative paths are of.</param>
    internal IEnumerable<(string Property, string Problem)> FileProblems(string root)
    {
        if (!IsConfigured || Authority.Length == 0)
        {
            return [];
        }
        try
        {
            _ = ReadAuthority(root);
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return [(nameof(Authority), $"cannot be used: {exception.Message.ReplaceLineEndings(" ")}")];
        }
    }

    /// <summary>Reads <see cref="Authority"/>; null when it is empty.</summary>
    internal CertificateAuthority? ReadAuthority(string root) =>
        Authority.Length == 0 ? null : CertificateAuthority.Read(Path.GetFullPath(Authority, root));

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
