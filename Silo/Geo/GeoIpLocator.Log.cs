namespace Camdiv.Silo.Geo;

public sealed partial class GeoIpLocator
{
    [LoggerMessage(4301, LogLevel.Information, "Clients are placed by {Path}: {Description}.")]
    private static partial void LogLoaded(ILogger logger, string path, string description);

    [LoggerMessage(4302, LogLevel.Warning, "{Path} is not a usable GeoIP2 City database ({Cause}); {Kept}.")]
    private static partial void LogRefused(ILogger logger, string path, string cause, string kept);

    [LoggerMessage(4303, LogLevel.Warning, "There is no {Path}; {Kept}. It is loaded as soon as it comes.")]
    private static partial void LogMissing(ILogger logger, string path, string kept);

    [LoggerMessage(4304, LogLevel.Warning,
        "{Path} is damaged where an address led ({Cause}); such clients are placed by their UTC offset. Not logged again.")]
    private static partial void LogDamaged(ILogger logger, string path, string cause);
}
