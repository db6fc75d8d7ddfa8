namespace Camdiv.Matchmaking;

/// <summary>Why a peer is out of a room for good, as the one who stays is told.</summary>
public enum LeaveReason : byte
{
    /// <summary>The peer asked for the next stranger.</summary>
    Next,

    /// <summary>The peer stopped, or blocked the one who stays.</summary>
    Stop,

    /// <summary>The peer's connection stayed away for longer than the grace.</summary>
    Gone,

    /// <summary>One side did not acknowledge the match in time.</summary>
    Unresponsive,

    /// <summary>The room ended because one side is blocked.</summary>
    Blocked,
}
