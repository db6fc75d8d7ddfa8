namespace Camdiv.Matchmaking;

/// <summary>A user's complaint about a peer.</summary>
/// <param name="Id">Unique id, told to the reporter.</param>
/// <param name="At">When it was made.</param>
/// <param name="Reporter">Who complains.</param>
/// <param name="Reported">About whom.</param>
/// <param name="Room">The room they shared.</param>
/// <param name="Chat">Its chat type.</param>
/// <param name="Reason">1 to 500 characters in the reporter's words.</param>
public sealed record Report(
    string Id, DateTimeOffset At, UserId Reporter, UserId Reported, RoomId Room, ChatType Chat, string Reason);

/// <summary>Where reports go: a file of the embedded engine, a Redis stream of the cluster.</summary>
public interface IReportSink
{
    /// <summary>Records a report; bounded by the implementation.</summary>
    /// <exception cref="MatchmakerUnavailableException">The report could not be recorded.</exception>
    ValueTask WriteAsync(Report report, CancellationToken cancellation);
}
