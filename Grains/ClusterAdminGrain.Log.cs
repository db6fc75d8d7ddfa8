using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

public sealed partial class ClusterAdminGrain
{
    [LoggerMessage(3801, LogLevel.Information, "Admin: {Command}, by {Name} from {Address}.")]
    private static partial void LogCommand(ILogger logger, string command, string name, string address);

    [LoggerMessage(3802, LogLevel.Warning, "Admin: {Command} refused, for whoever called did not come in by this silo's client port.")]
    private static partial void LogRefused(ILogger logger, string command);
}
