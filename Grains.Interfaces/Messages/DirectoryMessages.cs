using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>What changed for the users of one directory partition on one gateway. Empty: a renewal.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.DirectoryBatch")]
public sealed class DirectoryBatch
{
    /// <summary>The gateway.</summary>
    [Id(0)]
    public required HostId Host { get; init; }

    /// <summary>The changes.</summary>
    [Id(1)]
    public required ImmutableArray<DirectoryEntry> Changes { get; init; }

    /// <summary>Whether these are all the gateway's users of that partition.</summary>
    [Id(2)]
    public bool Whole { get; init; }

    /// <summary>Number of this batch among the gateway's for that partition, from 1; see <see cref="QueueBatch.Number"/>.</summary>
    [Id(3)]
    public long Number { get; init; }
}

/// <summary>One user's newest state.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.DirectoryEntry")]
public readonly struct DirectoryEntry
{
    /// <summary>The user.</summary>
    [Id(0)]
    public UserId User { get; init; }

    /// <summary>Whether the gateway still holds the session.</summary>
    [Id(1)]
    public bool Held { get; init; }

    /// <summary>Search, room and last partner; null when idle and new.</summary>
    [Id(2)]
    public SessionSnapshot? Snapshot { get; init; }

    /// <summary>The gateway to which a gateway that ends hands the session, which it then holds no more.</summary>
    [Id(3)]
    public HostId? To { get; init; }
}

/// <summary>A partition's answer.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.DirectoryReply")]
public sealed class DirectoryReply
{
    /// <summary>The partition knows nothing of this gateway, or missed a batch of it, and asks for all its users.</summary>
    [Id(0)]
    public bool Resubmit { get; init; }

    /// <summary>Users whom another gateway has claimed since: this one holds a stale session of theirs.</summary>
    [Id(1)]
    public ImmutableArray<UserId> Lost { get; init; }

    /// <summary>Users whom another gateway has claimed and does not hold yet: to be named again until that is settled.</summary>
    [Id(2)]
    public ImmutableArray<UserId> Claimed { get; init; }
}

/// <summary>What a partition that ends knew of one gateway's users.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.DirectoryLegacy")]
public sealed class DirectoryLegacy
{
    /// <summary>The gateway.</summary>
    [Id(0)]
    public required HostId Host { get; init; }

    /// <summary>Its users.</summary>
    [Id(1)]
    public required ImmutableArray<DirectoryEntry> Users { get; init; }

    /// <summary>The last claim number that the partition gave.</summary>
    [Id(2)]
    public long LastClaim { get; init; }
}

/// <summary>Where a user was when a gateway claimed it.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.Whereabouts")]
public sealed class Whereabouts
{
    /// <summary>The gateway that held the session, if any is known.</summary>
    [Id(0)]
    public HostId? Host { get; init; }

    /// <summary>A copy of the session's state, no older than a few tens of milliseconds unless its gateway died then.</summary>
    [Id(1)]
    public SessionSnapshot? Snapshot { get; init; }

    /// <summary>False while the partition is new and may not have heard from every gateway.</summary>
    [Id(2)]
    public bool Complete { get; init; }

    /// <summary>Number of the claim this answers: of two claims of a user the later has the greater.</summary>
    [Id(3)]
    public long Claim { get; init; }

    /// <summary>Whether the partition knew the user at all; one it does not may be too new to have been told of.</summary>
    [Id(4)]
    public bool Known { get; init; }
}
