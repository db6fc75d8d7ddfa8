namespace Camdiv.Matchmaking;

/// <summary>The rules' numbers. Bound from the configuration section <c>Matchmaking</c>.</summary>
public sealed class MatchmakingOptions
{
    /// <summary>Time between two passes over the waiting pools, in ms (20 to 5,000).</summary>
    public int PassIntervalMs { get; set; } = 200;

    /// <summary>How long a user with interests or languages holds out for a match on them, in ms (0 to 60,000).</summary>
    public int PatienceMs { get; set; } = 3_000;

    /// <summary>How long the last partner is avoided, in ms of waiting (0 to 600,000).</summary>
    public int CooldownMs { get; set; } = 10_000;

    /// <summary>How long each side has to acknowledge a match, in ms (100 to 60,000).</summary>
    public int AckMs { get; set; } = 3_000;

    /// <summary>
    /// How long somebody who did not acknowledge is not matched again, in ms; doubles with each further failure in a row, five
    /// times at most. Holds for the identity, and for those of the same address who never talked with anybody elsewhere
    /// (0 to 60,000; 0 turns it off).
    /// </summary>
    public int UnansweredPauseMs { get; set; } = 3_000;

    /// <summary>
    /// Most searching people of one address whom people of other addresses may be matched with at a time, a match that is
    /// not settled yet included; who has talked with somebody elsewhere does not count, nor do matches within the address.
    /// The others wait in order (1 to 10,000).
    /// </summary>
    public int SearchesPerAddress { get; set; } = 4;

    /// <summary>How long identity, queue place and room outlive a dropped connection, in ms (0 to 600,000).</summary>
    public int GraceMs { get; set; } = 30_000;

    /// <summary>How long a peer may be away before the other is told, in ms (0 to 60,000).</summary>
    public int AwayNoticeMs { get; set; } = 1_000;

    /// <summary>Most frames kept for a user who is away (0 to 4,096).</summary>
    public int AwayFrames { get; set; } = 64;

    /// <summary>Most bytes kept for a user who is away (0 to 16 MiB).</summary>
    public int AwayBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// Most bytes kept for all who are away, an eighth of it for those of one network; past it a room's oldest are dropped
    /// (0 to 1 GiB).
    /// </summary>
    public int MaxKeptBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>Most blocks a user may hold; the oldest goes when one more is added (1 to 10,000).</summary>
    public int MaxBlocksPerUser { get; set; } = 256;

    /// <summary>
    /// Most users whose blocks are kept, a 64th of it of one network; who never talked with a stranger goes first, then the
    /// longest unused (1 to 10,000,000).
    /// </summary>
    public int MaxBlockingUsers { get; set; } = 100_000;

    /// <summary>
    /// Most identities held at once, those away included (1 to 10,000,000). As many are remembered with their last used token.
    /// </summary>
    public int MaxSessions { get; set; } = 200_000;

    /// <summary>Every rule these numbers break, as property name and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        foreach (var (name, value, least, most) in new (string, int, int, int)[]
        {
            (nameof(PassIntervalMs), PassIntervalMs, 20, 5_000),
            (nameof(PatienceMs), PatienceMs, 0, 60_000),
            (nameof(CooldownMs), CooldownMs, 0, 600_000),
            (nameof(AckMs), AckMs, 100, 60_000),
            (nameof(UnansweredPauseMs), UnansweredPauseMs, 0, 60_000),
            (nameof(SearchesPerAddress), SearchesPerAddress, 1, 10_000),
            (nameof(GraceMs), GraceMs, 0, 600_000),
            (nameof(AwayNoticeMs), AwayNoticeMs, 0, 60_000),
            (nameof(AwayFrames), AwayFrames, 0, 4_096),
            (nameof(AwayBytes), AwayBytes, 0, 16 * 1024 * 1024),
            (nameof(MaxKeptBytes), MaxKeptBytes, 0, 1024 * 1024 * 1024),
            (nameof(MaxBlocksPerUser), MaxBlocksPerUser, 1, 10_000),
            (nameof(MaxBlockingUsers), MaxBlockingUsers, 1, 10_000_000),
            (nameof(MaxSessions), MaxSessions, 1, 10_000_000),
        })
        {
            if (value < least || value > most)
            {
                yield return (name, $"must be from {least} to {most}, not {value}");
            }
        }
    }
}
