namespace Camdiv.Matchmaking;

/// <summary>A user's complaint about a peer.</summary>
/// <param name="Id">Told to the reporter; the same for every report of one reporter about one room.</param>
/// <param name="At">When it was made.</param>
/// <param name="Reporter">Who complains.</param>
/// <param name="Reported">About whom.</param>
/// <param name="Room">The room they shared.</param>
/// <param name="Chat">Its chat type.</param>
/// <param name="Reason">1 to 500 characters in the reporter's words.</param>
public sealed record Report(
    string Id, DateTimeOffset At, UserId Reporter, UserId Reported, RoomId Room, ChatType Chat, string Reason)
{
    /// <summary>The reporter's network, by which reports are counted; never recorded.</summary>
    public AddressPrefix From { get; init; }
}

/// <summary>Where reports go: a file of the embedded engine, a Redis stream of the cluster.</summary>
public interface IReportSink
{
    /// <summary>Records a report; bounded by the implementation.</summary>
    /// <exception cref="TooManyReportsException">The reporter, or its network, has reported as often as it may for a day.</exception>
    /// <exception cref="MatchmakerUnavailableException">The report could not be recorded.</exception>
    ValueTask WriteAsync(Report report, CancellationToken cancellation);
}

/// <summary>Where reports are kept until an operator has read them: what is full takes no more, and drops nothing.</summary>
public interface IReportStore : IReportSink
{
    /// <summary>How much of its bound is in use, from 0 to 1; at 1 it takes no more.</summary>
    double Fill { get; }
}

/// <summary>The reporter, or its network, has reported as often as it may for a day.</summary>
public sealed class TooManyReportsException() : Exception("Too many reports for a day.");
