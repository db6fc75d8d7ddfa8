namespace Camdiv.Gateway.Configuration;

/// <summary>
/// Holds back what the framework logs about a failed start, a stack trace for each layer, because the one who runs the
/// host says the reason in one line.
/// </summary>
internal sealed class StartupQuiet
{
    private volatile bool _quiet;

    /// <summary>The log categories concerned.</summary>
    public static IReadOnlyList<string> Categories { get; } =
        ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    public void Begin() => _quiet = true;

    public void End() => _quiet = false;

    public bool Lets(LogLevel level) => level >= LogLevel.Warning && !_quiet;
}
