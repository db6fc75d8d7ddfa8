using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

public sealed partial class MatchQueueGrain
{
    [LoggerMessage(3001, LogLevel.Information, "Queue {Chat} active.")]
    private partial void LogActivated(ChatType chat);

    [LoggerMessage(3006, LogLevel.Information, "Queue {Chat}: {Parked} tickets of the stored copy wait for their users.")]
    private partial void LogCopyRead(ChatType chat, int parked);

    [LoggerMessage(3002, LogLevel.Information, "Queue {Chat} deactivated with {Waiting} waiting: {Reason}.")]
    private partial void LogDeactivated(ChatType chat, int waiting, DeactivationReasonCode reason);

    [LoggerMessage(3003, LogLevel.Warning, "Queue {Chat}: gateway {Host} is lost or silent; {Tickets} tickets set aside.")]
    private partial void LogGatewayLost(ChatType chat, HostId host, int tickets);

    [LoggerMessage(3004, LogLevel.Warning, "Queue {Chat}: the stored copy cannot be read ({Problem}); going on without it.")]
    private partial void LogForeignCopy(ChatType chat, string problem);

    [LoggerMessage(3005, LogLevel.Warning, "Queue {Chat}: the copy could not be written; matching goes on, the next write is due.")]
    private partial void LogCopyFailed(ChatType chat);
}
