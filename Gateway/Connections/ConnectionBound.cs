using System.Globalization;
using Camdiv.Gateway.Configuration;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// How many connections this process takes: what is configured, and never so many that it runs out of file descriptors.
/// A .NET process that does when it accepts a connection is ended by its runtime, with everybody in it.
/// </summary>
internal sealed partial class ConnectionBound
{
    private const string LimitsFile = "/proc/self/limits";
    private const string OpenFilesLine = "Max open files";

    // Half of it for files, assemblies and other nodes, half for pages, probes and those who are turned away; of these the last
    // half is for whoever holds few.
    private const int LeastReserve = 600;
    private const int ReserveShare = 20;

    /// <summary>Computes the bounds.</summary>
    /// <param name="configured">WebSocket connections wanted at most.</param>
    /// <param name="openFiles">Descriptors that the process may have; null when there is no bound, or none that is known.</param>
    public ConnectionBound(int configured, int? openFiles)
    {
        Configured = configured;
        OpenFiles = openFiles;
        Served = configured;
        if (openFiles is { } most)
        {
            var reserve = Math.Min(most / 2, Math.Max(LeastReserve, most / ReserveShare));
            Held = most - (reserve / 2);
            LastPlaces = reserve / 4;
            Served = Math.Min(configured, most - reserve);
        }
    }

    /// <summary>WebSocket connections served at once; more get 503.</summary>
    public int Served { get; }

    /// <summary>Connections of any kind held at once, pages and probes included; more wait to be accepted. Null: no bound.</summary>
    public int? Held { get; }

    /// <summary>How many of the places of <see cref="Held"/>, the last ones, go only to addresses that hold few.</summary>
    public int LastPlaces { get; }

    private int Configured { get; }

    private int? OpenFiles { get; }

    /// <summary>The bounds of this process. The runtime has raised the soft limit to the hard one by now.</summary>
    public static ConnectionBound Here(GatewayLimits limits) => new(
        limits.Connections, File.Exists(LimitsFile) ? ReadOpenFiles(File.ReadLines(LimitsFile)) : null);

    /// <summary>Reads the soft limit on open files out of Linux's <c>/proc/self/limits</c>; null for none.</summary>
    public static int? ReadOpenFiles(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(OpenFilesLine, StringComparison.Ordinal));
        var soft = line?[OpenFilesLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null;
    }

    /// <summary>Tells who set more than there can be.</summary>
    public void Tell(ILogger logger)
    {
        if (Served < Configured)
        {
            LogFewer(logger, Served, Configured, OpenFiles!.Value);
        }
    }

    [LoggerMessage(1102, LogLevel.Information,
        "At most {Served} connections are served, not the {Configured} of Gateway:Limits:Connections: this process may open "
        + "{OpenFiles} files. Raise that (ulimit -Hn, LimitNOFILE) to serve more.")]
    private static partial void LogFewer(ILogger logger, int served, int configured, int openFiles);
}
