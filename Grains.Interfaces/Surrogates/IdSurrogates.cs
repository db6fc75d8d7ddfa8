using Camdiv.Matchmaking;

namespace Camdiv.Grains.Surrogates;

/// <summary>How a <see cref="UserId"/> travels: Matchmaking knows no Orleans, so its types travel as surrogates.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.UserId")]
public readonly struct UserIdSurrogate
{
    /// <summary>The id's text.</summary>
    [Id(0)]
    public string Value { get; init; }
}

/// <summary>Converts a <see cref="UserId"/>.</summary>
[RegisterConverter]
public sealed class UserIdConverter : IConverter<UserId, UserIdSurrogate>
{
    /// <inheritdoc/>
    public UserId ConvertFromSurrogate(in UserIdSurrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public UserIdSurrogate ConvertToSurrogate(in UserId value) => new() { Value = value.Value };
}

/// <summary>How a <see cref="RoomId"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.RoomId")]
public readonly struct RoomIdSurrogate
{
    /// <summary>The id's text.</summary>
    [Id(0)]
    public string Value { get; init; }
}

/// <summary>Converts a <see cref="RoomId"/>.</summary>
[RegisterConverter]
public sealed class RoomIdConverter : IConverter<RoomId, RoomIdSurrogate>
{
    /// <inheritdoc/>
    public RoomId ConvertFromSurrogate(in RoomIdSurrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public RoomIdSurrogate ConvertToSurrogate(in RoomId value) => new() { Value = value.Value };
}

/// <summary>How a <see cref="HostId"/> travels.</summary>
[GenerateSerializer, Immutable, Alias("camdiv.HostId")]
public readonly struct HostIdSurrogate
{
    /// <summary>The id's text.</summary>
    [Id(0)]
    public string Value { get; init; }
}

/// <summary>Converts a <see cref="HostId"/>.</summary>
[RegisterConverter]
public sealed class HostIdConverter : IConverter<HostId, HostIdSurrogate>
{
    /// <inheritdoc/>
    public HostId ConvertFromSurrogate(in HostIdSurrogate surrogate) => new(surrogate.Value);

    /// <inheritdoc/>
    public HostIdSurrogate ConvertToSurrogate(in HostId value) => new() { Value = value.Value };
}
