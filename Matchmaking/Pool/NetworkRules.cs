namespace Camdiv.Matchmaking;

/// <summary>What people of one network who never proved themselves may do to others in one pool.</summary>
/// <param name="Places">Most of their tickets that others may be paired with at a time.</param>
/// <param name="AckMs">How long a match may go unacknowledged, in ms.</param>
/// <param name="PauseMs">How long none of them is offered after the first failure, in ms; doubles with each more.</param>
public readonly record struct NetworkRules(int Places, int AckMs, int PauseMs)
{
    /// <summary>A pause is at most 2 to this power times the first one.</summary>
    public const int MostDoublings = 5;

    // Nothing failed, so a place that proved nothing is kept for less long than one that failed.
    private const int MostHoldDoublings = 3;

    /// <summary>The rules of <paramref name="options"/>.</summary>
    public static NetworkRules Of(MatchmakingOptions options) =>
        new(options.SearchesPerAddress, options.AckMs, options.UnansweredPauseMs);

    /// <summary>The pause after so many failures in a row, in ms.</summary>
    public static long Pause(int pauseMs, int failures) => (long)pauseMs << Math.Clamp(failures - 1, 0, MostDoublings);

    /// <summary>How long a match uses up its place unless it proves the user before, in ms.</summary>
    /// <param name="unproven">Matches of the network before this one that proved nobody, in a row.</param>
    public long Hold(int unproven) => AckMs + ((long)PauseMs << Math.Min(unproven / Places, MostHoldDoublings));
}
