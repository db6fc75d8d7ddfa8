namespace Camdiv.Matchmaking;

/// <summary>Draws room and ticket ids. Replaced by a seeded one in simulations, which must replay exactly.</summary>
public class IdSource
{
    /// <summary>A room id never used before.</summary>
    public virtual RoomId NextRoom() => RoomId.New();

    /// <summary>A ticket id; unique among one user's tickets.</summary>
    public virtual long NextTicket() => Random.Shared.NextInt64(1, long.MaxValue);
}
