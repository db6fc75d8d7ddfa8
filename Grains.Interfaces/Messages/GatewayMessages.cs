using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>Offers of one handshake step for one gateway.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.OfferBatch")]
public sealed class OfferBatch
{
    /// <summary>The offers.</summary>
    [Id(0)]
    public required ImmutableArray<Offer> Offers { get; init; }
}

/// <summary>Verdicts for one gateway.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.VerdictBatch")]
public sealed class VerdictBatch
{
    /// <summary>The verdicts.</summary>
    [Id(0)]
    public required ImmutableArray<Verdict> Verdicts { get; init; }
}

/// <summary>
/// Frames and member updates from one gateway to another, in order. Orleans does not order messages, so a stream has one
/// batch under way at a time and numbers it; a batch that is repeated after an unknown outcome is recognised by its number.
/// </summary>
[GenerateSerializer, Immutable, Alias("camdiv.PeerBatch")]
public sealed class PeerBatch
{
    /// <summary>The sending gateway.</summary>
    [Id(0)]
    public required HostId From { get; init; }

    /// <summary>Number of this batch in the stream, from 1.</summary>
    [Id(1)]
    public long Number { get; init; }

    /// <summary>Items, packed by <see cref="PeerItems"/>.</summary>
    [Id(2)]
    public required byte[] Items { get; init; }

    /// <summary>Member updates, in the order in which the items name them.</summary>
    [Id(3)]
    public ImmutableArray<MemberUpdate> Updates { get; init; }
}

/// <summary>Answer to a request for a session.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.ExtractReply")]
public sealed class ExtractReply
{
    /// <summary>What came of it.</summary>
    [Id(0)]
    public ExtractOutcome Outcome { get; init; }

    /// <summary>Search, room and last partner when extracted.</summary>
    [Id(1)]
    public SessionSnapshot? Snapshot { get; init; }

    /// <summary>Frames kept for the user, oldest first.</summary>
    [Id(2)]
    public ImmutableArray<byte[]> Kept { get; init; }

    /// <summary>The user's blocks.</summary>
    [Id(3)]
    public BlockSet? Blocks { get; init; }

    /// <summary>When the session is not there any more: the gateway it went to, if that is remembered.</summary>
    [Id(4)]
    public HostId? MovedTo { get; init; }

    /// <summary>The greatest number of the frames that came for the user.</summary>
    [Id(5)]
    public long Heard { get; init; }

    /// <summary>Frames of the user that wait for the way to its peer, oldest first.</summary>
    [Id(6)]
    public ImmutableArray<byte[]> Unsent { get; init; } = [];

    /// <summary>The last number that the user's frames carried.</summary>
    [Id(7)]
    public long Sent { get; init; }
}

/// <summary>Sessions that a gateway which ends hands to another.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.HandOver")]
public sealed class HandOver
{
    /// <summary>Who ends.</summary>
    [Id(0)]
    public required HostId From { get; init; }

    /// <summary>Whose sessions, in the order of <see cref="Sessions"/>.</summary>
    [Id(1)]
    public required ImmutableArray<UserId> Users { get; init; }

    /// <summary>The sessions.</summary>
    [Id(2)]
    public required ImmutableArray<ExtractReply> Sessions { get; init; }
}

/// <summary>What one gateway counts.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.GatewayStats")]
public sealed record GatewayStats
{
    /// <summary>The gateway's silo.</summary>
    [Id(0)]
    public required HostId Host { get; init; }

    /// <summary>Users with a live connection.</summary>
    [Id(1)]
    public int Online { get; init; }

    /// <summary>Users waiting for video.</summary>
    [Id(2)]
    public int SearchingVideo { get; init; }

    /// <summary>Users waiting for audio.</summary>
    [Id(3)]
    public int SearchingAudio { get; init; }

    /// <summary>Users waiting for text.</summary>
    [Id(4)]
    public int SearchingText { get; init; }

    /// <summary>Rooms, each counted at its initiator's gateway.</summary>
    [Id(5)]
    public int Rooms { get; init; }

    /// <summary>Whether the gateway sends its clients elsewhere.</summary>
    [Id(6)]
    public bool Draining { get; init; }
}
