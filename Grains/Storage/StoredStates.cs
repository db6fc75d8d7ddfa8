namespace Camdiv.Grains;

/// <summary>A queue's copy: its longest waiting tickets in Orleans' own binary form.</summary>
[GenerateSerializer, Alias("camdiv.StoredQueue")]
public sealed class StoredQueue
{
    /// <summary>The tickets, serialized.</summary>
    [Id(0)]
    public byte[] Tickets { get; set; } = [];
}

/// <summary>A user's blocks as stored.</summary>
[GenerateSerializer, Alias("camdiv.StoredBlocks")]
public sealed class StoredBlocks
{
    /// <summary>Blocked user ids, oldest first.</summary>
    [Id(0)]
    public string[] Blocked { get; set; } = [];
}
