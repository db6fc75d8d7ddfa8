using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains.Surrogates;

/// <summary>
/// How a <see cref="Ticket"/> travels: with ages, which become moments of the receiver's clock. 6 and 10 were moments of
/// the sender's clock.
/// </summary>
[GenerateSerializer, Immutable, Alias("camdiv.Ticket")]
public struct TicketSurrogate
{
    /// <summary>Ticket id.</summary>
    [Id(0)]
    public long Id;

    /// <summary>Who waits.</summary>
    [Id(1)]
    public string User;

    /// <summary>The user's gateway.</summary>
    [Id(2)]
    public string Host;

    /// <summary>The chat type.</summary>
    [Id(3)]
    public ChatType Chat;

    /// <summary>Normalized interests.</summary>
    [Id(4)]
    public ImmutableArray<string> Interests;

    /// <summary>Primary language subtags.</summary>
    [Id(5)]
    public ImmutableArray<string> Languages;

    /// <summary>Whether it is a survivor's.</summary>
    [Id(7)]
    public bool Front;

    /// <summary>Whom the user never meets, oldest block first.</summary>
    [Id(8)]
    public ImmutableArray<UserId> Blocked;

    /// <summary>The last partner, or null.</summary>
    [Id(9)]
    public string? Avoid;

    /// <summary>How long the user has waited, in ms.</summary>
    [Id(11)]
    public long WaitedMs;

    /// <summary>For how long yet the last partner is avoided, in ms.</summary>
    [Id(12)]
    public long AvoidForMs;

    /// <summary>The user's <see cref="AddressPrefix"/>.</summary>
    [Id(13)]
    public ulong From;

    /// <summary>Whether the user has proved good.</summary>
    [Id(14)]
    public bool Proven;
}

/// <summary>Converts a <see cref="Ticket"/>.</summary>
/// <param name="clock">The process's clock.</param>
[RegisterConverter]
public sealed class TicketConverter(Clock clock) : IConverter<Ticket, TicketSurrogate>
{
    /// <inheritdoc/>
    public Ticket ConvertFromSurrogate(in TicketSurrogate surrogate) => new()
    {
        Id = surrogate.Id,
        User = new UserId(surrogate.User),
        Host = new HostId(surrogate.Host),
        Request = SearchRequest.FromNormalized(surrogate.Chat, surrogate.Interests, surrogate.Languages),
        SinceMs = clock.MomentOf(surrogate.WaitedMs),
        Front = surrogate.Front,
        Blocked = BlockSet.From(surrogate.Blocked),
        Avoid = surrogate.Avoid is { } avoid ? new UserId(avoid) : null,
        AvoidUntilMs = clock.EndOf(surrogate.AvoidForMs),
        From = new AddressPrefix(surrogate.From),
        Proven = surrogate.Proven,
    };

    /// <inheritdoc/>
    public TicketSurrogate ConvertToSurrogate(in Ticket value) => new()
    {
        Id = value.Id,
        User = value.User.Value,
        Host = value.Host.Value,
        Chat = value.Request.Chat,
        Interests = value.Request.Interests,
        Languages = value.Request.Languages,
        WaitedMs = clock.AgeOf(value.SinceMs),
        Front = value.Front,
        Blocked = value.Blocked.Ordered,
        Avoid = value.Avoid?.Value,
        AvoidForMs = clock.RestUntil(value.AvoidUntilMs),
        From = value.From.Value,
        Proven = value.Proven,
    };
}

/// <summary>How a <see cref="BlockSet"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.BlockSet")]
public struct BlockSetSurrogate
{
    /// <summary>The blocked, oldest first.</summary>
    [Id(0)]
    public ImmutableArray<UserId> Ordered;
}

/// <summary>Converts a <see cref="BlockSet"/>.</summary>
[RegisterConverter]
public sealed class BlockSetConverter : IConverter<BlockSet, BlockSetSurrogate>
{
    /// <inheritdoc/>
    public BlockSet ConvertFromSurrogate(in BlockSetSurrogate surrogate) => BlockSet.From(surrogate.Ordered);

    /// <inheritdoc/>
    public BlockSetSurrogate ConvertToSurrogate(in BlockSet value) => new() { Ordered = value.Ordered };
}
