using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>What the hosts of one test logged, as text.</summary>
internal static class Logged
{
    /// <summary>Lines of a level and worse, oldest first.</summary>
    public static IReadOnlyList<string> Lines(this FakeLogCollector log, LogLevel least = LogLevel.Information) =>
    [
        .. log.GetSnapshot()
            .Where(record => record.Level >= least)
            .Select(record => $"{record.Level} {record.Category}[{record.Id.Id}]: {record.Message} {record.Exception}"),
    ];

    /// <summary>Everything from Information on.</summary>
    public static string Text(this FakeLogCollector log) => string.Join('\n', log.Lines());
}
