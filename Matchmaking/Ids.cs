namespace Camdiv.Matchmaking;

/// <summary>
/// Identity of a person, kept across connections by a session token. 22 characters of base64url from 128 random bits;
/// compared ordinally, which is also how JavaScript compares such strings.
/// </summary>
public readonly record struct UserId(string Value) : IComparable<UserId>
{
    /// <summary>Longest accepted id, in characters.</summary>
    public const int MaxLength = 32;

    /// <summary>Draws a new random identity.</summary>
    public static UserId New() => new(RandomId.Next());

    /// <summary>Whether <paramref name="text"/> has the form of an id: 1 to 32 of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => RandomId.IsWellFormed(text, MaxLength);

    /// <inheritdoc/>
    public int CompareTo(UserId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// Who a member is in one room, and nowhere else: drawn with the room, told to both members in place of their lasting ids,
/// so that nobody is known again by whom they met before. Compared ordinally.
/// </summary>
public readonly record struct SeatId(string Value) : IComparable<SeatId>
{
    /// <summary>Draws a new random seat id of 22 characters.</summary>
    public static SeatId New() => new(RandomId.Next());

    /// <inheritdoc/>
    public int CompareTo(SeatId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Identity of a room: 1 to 32 of <c>A-Z a-z 0-9 _ -</c>, drawn once per pairing attempt and never reused.</summary>
public readonly record struct RoomId(string Value)
{
    /// <summary>Longest accepted id, in characters.</summary>
    public const int MaxLength = 32;

    /// <summary>Draws a new random room id.</summary>
    public static RoomId New() => new(RandomId.Next());

    /// <summary>Whether <paramref name="text"/> has the form of an id: 1 to 32 of <c>A-Z a-z 0-9 _ -</c>.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => RandomId.IsWellFormed(text, MaxLength);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
