namespace Camdiv.Tests.Kit;

/// <summary>A running product: one gateway, or a cluster with several. Tests know it by its addresses only.</summary>
public interface ISystemUnderTest : IAsyncDisposable
{
    /// <summary>The gateways' addresses; any client may use any of them.</summary>
    IReadOnlyList<Uri> Gateways { get; }

    /// <summary>The gateway for the n-th client, so that a test's clients spread over all of them.</summary>
    Uri For(int client) => Gateways[client % Gateways.Count];

    /// <summary>What the system logged so far, to look for secrets and errors; empty where it cannot be had.</summary>
    string Output { get; }
}

/// <summary>Starts the system a test needs.</summary>
public interface ISystemFactory
{
    /// <summary>A running system with these settings; shared between tests where starting is dear.</summary>
    Task<ISystemUnderTest> StartAsync(SystemSettings settings);
}

/// <summary>Configuration of a system under test, as configuration keys with their values.</summary>
public sealed record SystemSettings
{
    /// <summary>The product's defaults.</summary>
    public static readonly SystemSettings Default = new();

    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Configuration keys (<c>Section:Key</c>) and values.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>These settings with one more.</summary>
    public SystemSettings With(string key, object value)
    {
        var more = new SystemSettings();
        foreach (var (name, text) in _values)
        {
            more._values[name] = text;
        }
        more._values[key] = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
        return more;
    }

    /// <summary>The settings as command-line arguments.</summary>
    public IEnumerable<string> Arguments => _values.Select(pair => $"--{pair.Key}={pair.Value}");

    /// <summary>One line that is equal for equal settings.</summary>
    public override string ToString() => string.Join(' ', Arguments);
}
