namespace Camdiv.Matchmaking;

/// <summary>Draws room, seat and ticket ids. Replaced by a seeded one in simulations, which must replay exactly.</summary>
public class IdSource
{
    /// <summary>A room id never used before.</summary>
    public virtual RoomId NextRoom() => RoomId.New();

    /// <summary>The id of a member of a new room; nobody can guess it, or the other member's from it.</summary>
    /// <param name="user">Whose. What is drawn says nothing of it.</param>
    public virtual SeatId NextSeat(UserId user) => SeatId.New();

    /// <summary>A ticket id; unique among one user's tickets.</summary>
    public virtual long NextTicket() => Random.Shared.NextInt64(1, long.MaxValue);
}
