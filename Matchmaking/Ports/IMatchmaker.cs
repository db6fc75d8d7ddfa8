namespace Camdiv.Matchmaking;

/// <summary>
/// The engine behind a gateway: embedded in its process or an Orleans cluster. One conformance suite runs against both.
/// </summary>
public interface IMatchmaker
{
    /// <summary>
    /// Whether who searches can be paired. While it is not, a gateway takes no new clients and keeps those it has.
    /// </summary>
    bool IsReady => true;

    /// <summary>
    /// Attaches a connection to its identity. <see cref="Welcome"/> is delivered through <paramref name="link"/> before
    /// anything else, then frames kept while the user was away, in order. An older connection of the same identity is
    /// closed with <see cref="LinkCloseReason.Replaced"/>.
    /// </summary>
    /// <returns>The handle for this connection.</returns>
    /// <exception cref="TooManySessionsException">The engine holds as many identities as it may.</exception>
    /// <exception cref="MatchmakerUnavailableException">The engine is starting, stopping or out of reach.</exception>
    ValueTask<IUserConnection> ConnectAsync(Arrival arrival, IClientLink link, CancellationToken cancellation);

    /// <summary>
    /// Whether the user searches or is in a room, at whichever gateway; one who is away within the grace counts. What was
    /// asked for a few milliseconds ago at another gateway may not be known yet.
    /// </summary>
    /// <exception cref="MatchmakerUnavailableException">The engine cannot tell now.</exception>
    ValueTask<bool> IsActiveAsync(UserId user, CancellationToken cancellation);

    /// <summary>Counts of people; approximate in a cluster.</summary>
    ValueTask<MatchmakerStats> GetStatsAsync(CancellationToken cancellation);
}

/// <summary>A connection that presents itself.</summary>
/// <param name="User">The identity its session token proved, or a fresh one.</param>
/// <param name="Resumed">Whether a valid token was presented.</param>
/// <param name="ClaimedRoom">The room the client believes it is in, if it said so.</param>
/// <param name="From">The network it comes from; none where that is not known.</param>
public readonly record struct Arrival(UserId User, bool Resumed, RoomId? ClaimedRoom, AddressPrefix From = default);

/// <summary>People counted.</summary>
/// <param name="Online">Users with a live connection.</param>
/// <param name="SearchingVideo">Users waiting for video.</param>
/// <param name="SearchingAudio">Users waiting for audio.</param>
/// <param name="SearchingText">Users waiting for text.</param>
/// <param name="Rooms">Rooms with two members.</param>
public readonly record struct MatchmakerStats(
    int Online, int SearchingVideo, int SearchingAudio, int SearchingText, int Rooms);

/// <summary>What became of a relay frame.</summary>
public enum RelayOutcome : byte
{
    /// <summary>Handed to the peer's outbound queue, or on its way to the peer's gateway.</summary>
    Delivered,

    /// <summary>Kept for a peer that is away.</summary>
    Kept,

    /// <summary>Dropped: the frame does not name the sender's present room, or the peer is gone.</summary>
    Stale,
}

/// <summary>
/// One connection's handle on its user. Thread-safe. Once the connection is replaced or detached every member is a
/// no-op, so a late call of an old connection cannot disturb the new one.
/// </summary>
public interface IUserConnection
{
    /// <summary>The identity.</summary>
    UserId User { get; }

    /// <summary>Looks for a stranger; in a room, leaves it first. Searching with the same chat type keeps its place.</summary>
    void Start(SearchRequest request);

    /// <summary>Leaves queue or room. Idempotent.</summary>
    void Stop();

    /// <summary>Acknowledges a match. Another room than the present one is ignored.</summary>
    void Acknowledge(RoomId room);

    /// <summary>
    /// Passes a relay frame on, byte for byte. Counts as acknowledgement. Allocates nothing in steady state.
    /// </summary>
    /// <param name="room">The room the frame names, as its ASCII bytes; a part of <paramref name="frame"/>.</param>
    /// <param name="frame">The whole frame; not referenced after the call returns.</param>
    RelayOutcome Relay(ReadOnlySpan<byte> room, ReadOnlySpan<byte> frame);

    /// <summary>Never matches this user with the present or last peer of <paramref name="room"/> again; leaves a present room.</summary>
    /// <returns>False when <paramref name="room"/> is neither the present nor the last room.</returns>
    bool Block(RoomId room);

    /// <summary>Reports the present or last peer. A second report of the same room is not recorded again.</summary>
    /// <returns>The report's id, or null when <paramref name="room"/> is neither the present nor the last room.</returns>
    /// <exception cref="TooManyReportsException">The user, or its network, has reported as often as it may for a day.</exception>
    /// <exception cref="MatchmakerUnavailableException">The report could not be recorded.</exception>
    ValueTask<string?> ReportAsync(RoomId room, string reason, CancellationToken cancellation);

    /// <summary>
    /// Whether <paramref name="room"/> is the present room: what telemetry (<c>connected</c>) is counted for, once each.
    /// </summary>
    bool IsInRoom(RoomId room);

    /// <summary>
    /// The identity is over: leaves queue or room, drops the session and its blocks. The connection is the caller's to close.
    /// </summary>
    void Forget();

    /// <summary>The connection is lost: identity, queue place and room live on for the grace. Idempotent.</summary>
    void Detach();
}

/// <summary>The engine holds as many identities as its bound allows.</summary>
public sealed class TooManySessionsException(int bound)
    : Exception($"The server holds its {bound} sessions already.");

/// <summary>The engine cannot take the request now; the client may try again later.</summary>
public sealed class MatchmakerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
