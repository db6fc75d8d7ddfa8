namespace Camdiv.Grains;

/// <summary>
/// A queue's copy: its longest waiting tickets in Orleans' own binary form, with their ages when it was written. Another
/// machine reads it, whose clock says nothing of the time in between: that is not counted as waited, for anybody.
/// </summary>
[GenerateSerializer, Alias("camdiv.StoredQueue")]
public sealed class StoredQueue
{
    /// <summary>The tickets, serialized.</summary>
    [Id(0)]
    public byte[] Tickets { get; set; } = [];
}

/// <summary>What outlives a user's sessions, as stored.</summary>
[GenerateSerializer, Alias("camdiv.StoredBlocks")]
public sealed class StoredBlocks
{
    /// <summary>Blocked user ids, oldest first.</summary>
    [Id(0)]
    public string[] Blocked { get; set; } = [];

    /// <summary>The latest token presented; the greatest number when the identity was ended.</summary>
    [Id(1)]
    public long UsedToken { get; set; }
}
