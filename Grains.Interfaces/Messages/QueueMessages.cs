using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>What a gateway has for one queue since its last batch, in order. Empty: a renewal of its lease.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.QueueBatch")]
public sealed class QueueBatch
{
    /// <summary>The gateway.</summary>
    [Id(0)]
    public required HostId Host { get; init; }

    /// <summary>Arrivals and withdrawals.</summary>
    [Id(1)]
    public required ImmutableArray<QueueOperation> Operations { get; init; }

    /// <summary>Whether these are all the gateway's searching users: the answer to <see cref="QueueReply.Resubmit"/>.</summary>
    [Id(2)]
    public bool Whole { get; init; }

    /// <summary>
    /// Number of this batch among the gateway's, from 1. One that is missing went to another activation, or was lost; one
    /// that comes after its successor has been sent again and is void.
    /// </summary>
    [Id(3)]
    public long Number { get; init; }

    /// <summary>How users of the gateway's rooms behaved; counts before <see cref="Operations"/>.</summary>
    [Id(4)]
    public ImmutableArray<QueueConduct> Conducts { get; init; } = [];
}

/// <summary>A <see cref="Conduct"/> on its way to a queue.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.QueueConduct")]
public readonly struct QueueConduct
{
    /// <summary>Who.</summary>
    [Id(0)]
    public UserId User { get; init; }

    /// <summary>The user's <see cref="AddressPrefix"/>.</summary>
    [Id(1)]
    public ulong From { get; init; }

    /// <summary>See <see cref="Conduct.Good"/>.</summary>
    [Id(2)]
    public bool Good { get; init; }
}

/// <summary>One arrival (with a ticket) or withdrawal (without).</summary>
[GenerateSerializer, Immutable, Alias("camdiv.QueueOperation")]
public readonly struct QueueOperation
{
    /// <summary>The ticket that arrives; null for a withdrawal.</summary>
    [Id(0)]
    public Ticket? Ticket { get; init; }

    /// <summary>Who is withdrawn.</summary>
    [Id(1)]
    public UserId User { get; init; }

    /// <summary>Which ticket is withdrawn.</summary>
    [Id(2)]
    public long TicketId { get; init; }
}

/// <summary>A queue's answer to a batch.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.QueueReply")]
public sealed class QueueReply
{
    /// <summary>
    /// The queue knows nothing of this gateway, or not everything: it lost its memory, gave the gateway up or missed a
    /// batch. The gateway then submits all its searching users at once, so that the queue is whole again.
    /// </summary>
    [Id(0)]
    public bool Resubmit { get; init; }

    /// <summary>People waiting.</summary>
    [Id(1)]
    public int Waiting { get; init; }

    /// <summary>Tickets of this batch that found nobody at once.</summary>
    [Id(2)]
    public ImmutableArray<QueuedTicket> Queued { get; init; }
}

/// <summary>A ticket that was taken in.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.QueuedTicket")]
public readonly struct QueuedTicket
{
    /// <summary>Whose.</summary>
    [Id(0)]
    public UserId User { get; init; }

    /// <summary>Which.</summary>
    [Id(1)]
    public long TicketId { get; init; }
}

/// <summary>What a queue counts.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.QueueStats")]
public sealed class QueueStats
{
    /// <summary>People waiting.</summary>
    [Id(0)]
    public int Waiting { get; init; }

    /// <summary>Tickets of lost gateways, kept for users who resume elsewhere.</summary>
    [Id(1)]
    public int Parked { get; init; }

    /// <summary>Pairs told of each other since this activation began.</summary>
    [Id(2)]
    public long Matched { get; init; }

    /// <summary>Ghosts avoided by the first check since this activation began.</summary>
    [Id(3)]
    public long CheckFailed { get; init; }

    /// <summary>Ghosts avoided by the second check since this activation began.</summary>
    [Id(4)]
    public long RecheckFailed { get; init; }

    /// <summary>The silo that hosts the queue.</summary>
    [Id(5)]
    public required string Silo { get; init; }
}
