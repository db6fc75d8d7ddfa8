namespace Camdiv.Gateway.Configuration;

/// <summary>
/// Holds back what the framework logs about a failed start, a stack trace for each layer, because the one who runs the
/// host says the reason in one line. Otherwise the configured log levels hold.
/// </summary>
internal sealed class StartupQuiet
{
    private readonly Dictionary<string, Lazy<LogLevel>> _levels;
    private volatile bool _quiet;

    public StartupQuiet(IConfiguration configuration) =>
        _levels = Categories.ToDictionary(category => category, category => new Lazy<LogLevel>(() => Level(configuration, category)));

    /// <summary>The log categories concerned.</summary>
    public static IReadOnlyList<string> Categories { get; } =
        ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    public void Begin() => _quiet = true;

    public void End() => _quiet = false;

    public bool Lets(string category, LogLevel level) => !_quiet && level >= _levels[category].Value;

    // A filter of a category replaces its configured level, so that is looked up here as the framework would.
    private static LogLevel Level(IConfiguration configuration, string category)
    {
        var levels = configuration.GetSection("Logging:LogLevel");
        for (var name = category; name.Length > 0; name = name[..Math.Max(0, name.LastIndexOf('.'))])
        {
            if (Enum.TryParse<LogLevel>(levels[name], ignoreCase: true, out var level))
            {
                return level;
            }
        }
        return Enum.TryParse<LogLevel>(levels["Default"], ignoreCase: true, out var standard) ? standard : LogLevel.Information;
    }
}
