namespace Camdiv.Matchmaking;

/// <summary>
/// What is known of session tokens beyond what they say themselves: the latest one of an identity that was presented, and
/// that an identity was ended. A token whose successor has not been presented stays good, because the line may have broken
/// before its owner saw the successor.
/// </summary>
public interface ITokenBook
{
    /// <summary>Takes note of a token that is presented.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="generation">Which one of the identity's tokens; each later one has a greater number, the first has 1.</param>
    /// <param name="connects">Whether the session is about to be taken over by who presents it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when a later one was presented before, or the identity was ended. True when that cannot be found out.</returns>
    ValueTask<bool> UseAsync(UserId user, long generation, bool connects, CancellationToken cancellation);

    /// <summary>Ends an identity: none of its tokens is good from now on.</summary>
    /// <exception cref="MatchmakerUnavailableException">It could not be noted; nothing has changed.</exception>
    ValueTask EndAsync(UserId user, CancellationToken cancellation);
}
