using System.Collections.Immutable;
using Camdiv.Matchmaking;

namespace Camdiv.Grains.Surrogates;

/// <summary>How an <see cref="Offer"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.Offer")]
public struct OfferSurrogate
{
    /// <summary>The attempt's room.</summary>
    [Id(0)]
    public string Room;

    /// <summary>Whose side.</summary>
    [Id(1)]
    public string User;

    /// <summary>The ticket that was paired.</summary>
    [Id(2)]
    public long TicketId;

    /// <summary>The other side.</summary>
    [Id(3)]
    public string Peer;

    /// <summary>The other side's gateway.</summary>
    [Id(4)]
    public string PeerHost;

    /// <summary>The chat type.</summary>
    [Id(5)]
    public ChatType Chat;

    /// <summary>Shared interests.</summary>
    [Id(6)]
    public ImmutableArray<string> Common;

    /// <summary>Who this side is in the room.</summary>
    [Id(7)]
    public string Seat;

    /// <summary>Who the other side is in the room.</summary>
    [Id(8)]
    public string PeerSeat;

    /// <summary>The other side's <see cref="AddressPrefix"/>.</summary>
    [Id(9)]
    public ulong PeerFrom;
}

/// <summary>Converts an <see cref="Offer"/>.</summary>
[RegisterConverter]
public sealed class OfferConverter : IConverter<Offer, OfferSurrogate>
{
    /// <inheritdoc/>
    public Offer ConvertFromSurrogate(in OfferSurrogate surrogate) => new(
        new(surrogate.Room),
        new(surrogate.User),
        surrogate.TicketId,
        new(surrogate.Peer),
        new(surrogate.Seat),
        new(surrogate.PeerSeat),
        new(surrogate.PeerHost),
        surrogate.Chat,
        surrogate.Common)
    {
        PeerFrom = new AddressPrefix(surrogate.PeerFrom),
    };

    /// <inheritdoc/>
    public OfferSurrogate ConvertToSurrogate(in Offer value) => new()
    {
        Room = value.Room.Value,
        User = value.User.Value,
        TicketId = value.TicketId,
        Peer = value.Peer.Value,
        PeerHost = value.PeerHost.Value,
        Chat = value.Chat,
        Common = value.Common,
        Seat = value.Seat.Value,
        PeerSeat = value.PeerSeat.Value,
        PeerFrom = value.PeerFrom.Value,
    };
}

/// <summary>How a <see cref="Verdict"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.Verdict")]
public struct VerdictSurrogate
{
    /// <summary>The attempt's room.</summary>
    [Id(0)]
    public string Room;

    /// <summary>Whose side.</summary>
    [Id(1)]
    public string User;

    /// <summary>The ticket that was paired.</summary>
    [Id(2)]
    public long TicketId;

    /// <summary>Whether it is a match.</summary>
    [Id(3)]
    public bool Matched;
}

/// <summary>Converts a <see cref="Verdict"/>.</summary>
[RegisterConverter]
public sealed class VerdictConverter : IConverter<Verdict, VerdictSurrogate>
{
    /// <inheritdoc/>
    public Verdict ConvertFromSurrogate(in VerdictSurrogate surrogate) =>
        new(new(surrogate.Room), new(surrogate.User), surrogate.TicketId, surrogate.Matched);

    /// <inheritdoc/>
    public VerdictSurrogate ConvertToSurrogate(in Verdict value) => new()
    {
        Room = value.Room.Value,
        User = value.User.Value,
        TicketId = value.TicketId,
        Matched = value.Matched,
    };
}

/// <summary>How a <see cref="MemberUpdate"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.MemberUpdate")]
public struct MemberUpdateSurrogate
{
    /// <summary>The room.</summary>
    [Id(0)]
    public string Room;

    /// <summary>Whose state.</summary>
    [Id(1)]
    public string From;

    /// <summary>The other member.</summary>
    [Id(2)]
    public string To;

    /// <summary>Where the sender's session is hosted.</summary>
    [Id(3)]
    public string FromHost;

    /// <summary>Version.</summary>
    [Id(4)]
    public long Version;

    /// <summary>Acknowledged.</summary>
    [Id(5)]
    public bool Acked;

    /// <summary>Away.</summary>
    [Id(6)]
    public bool Away;

    /// <summary>Left for good, and why.</summary>
    [Id(7)]
    public LeaveReason? Left;

    /// <summary>The newest version that the sender has from the other member.</summary>
    [Id(8)]
    public long Heard;
}

/// <summary>Converts a <see cref="MemberUpdate"/>.</summary>
[RegisterConverter]
public sealed class MemberUpdateConverter : IConverter<MemberUpdate, MemberUpdateSurrogate>
{
    /// <inheritdoc/>
    public MemberUpdate ConvertFromSurrogate(in MemberUpdateSurrogate surrogate) => new(
        new(surrogate.Room),
        new(surrogate.From),
        new(surrogate.To),
        new(surrogate.FromHost),
        surrogate.Version,
        surrogate.Acked,
        surrogate.Away,
        surrogate.Left)
    { Heard = surrogate.Heard };

    /// <inheritdoc/>
    public MemberUpdateSurrogate ConvertToSurrogate(in MemberUpdate value) => new()
    {
        Room = value.Room.Value,
        From = value.From.Value,
        To = value.To.Value,
        FromHost = value.FromHost.Value,
        Version = value.Version,
        Acked = value.Acked,
        Away = value.Away,
        Left = value.Left,
        Heard = value.Heard,
    };
}
