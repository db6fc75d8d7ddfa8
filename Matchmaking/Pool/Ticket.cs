using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>
/// One user's place in a waiting pool. Immutable: a change of wishes is a new ticket that keeps <see cref="SinceMs"/>.
/// The session that issued it stays the truth; a pool holds a copy that the handshake checks against the session.
/// Its moments are of the clock of the process that holds it.
/// </summary>
public sealed record Ticket
{
    /// <summary>Unique among the user's tickets; an offer for an older one is refused.</summary>
    public required long Id { get; init; }

    /// <summary>Who waits.</summary>
    public required UserId User { get; init; }

    /// <summary>The gateway that hosts the user's session.</summary>
    public required HostId Host { get; init; }

    /// <summary>Chat type, interests and languages.</summary>
    public required SearchRequest Request { get; init; }

    /// <summary>Since when the user waits, Unix milliseconds.</summary>
    public required long SinceMs { get; init; }

    /// <summary>Whether the ticket goes before all that are not: a survivor's place.</summary>
    public bool Front { get; init; }

    /// <summary>The network the user comes from; none where that is not known.</summary>
    public AddressPrefix From { get; init; }

    /// <summary>
    /// Whether the user has talked with somebody of another network, frames both ways for some seconds, and has answered
    /// every match since. Such a ticket is preferred to others, and not bounded by its network.
    /// </summary>
    public bool Proven { get; init; }

    /// <summary>Whom the user never meets.</summary>
    public BlockSet Blocked { get; init; } = BlockSet.Empty;

    /// <summary>The last partner, met again only from <see cref="AvoidUntilMs"/> on.</summary>
    public UserId? Avoid { get; init; }

    /// <summary>When the last partner becomes acceptable, Unix milliseconds.</summary>
    public long AvoidUntilMs { get; init; }

    /// <summary>Whether this user may be paired with <paramref name="other"/> at <paramref name="nowMs"/>, both sides' view.</summary>
    public bool MayMeet(Ticket other, long nowMs) =>
        User != other.User
        && !Blocked.Contains(other.User)
        && !other.Blocked.Contains(User)
        && !(nowMs < AvoidUntilMs && Avoid == other.User)
        && !(nowMs < other.AvoidUntilMs && other.Avoid == User);

    /// <summary>When the user stops holding out for a match on interests or languages, Unix milliseconds.</summary>
    public long OpenAtMs(int patienceMs) =>
        Request.Interests.Length == 0 && Request.Languages.Length == 0 ? long.MinValue : SinceMs + patienceMs;
}

/// <summary>Two tickets that a pool took out to be matched.</summary>
/// <param name="First">The one waiting longer.</param>
/// <param name="Second">The other.</param>
/// <param name="Common">Interests both named.</param>
public readonly record struct Pair(Ticket First, Ticket Second, ImmutableArray<string> Common);
