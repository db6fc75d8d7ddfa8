using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// What outlives a user's sessions: the blocks. Its key is the user id. Off every hot path: asked when an identity comes
/// back, told when it blocks.
/// </summary>
[Alias("camdiv.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Whom the user never meets.</summary>
    [Alias("GetBlocks"), ResponseTimeout("00:00:02")]
    Task<BlockSet> GetBlocksAsync();

    /// <summary>
    /// Adds blocks to those known. Kept in memory and written when the store is back if it is away now. Harmless when repeated.
    /// </summary>
    [Alias("SetBlocks"), ResponseTimeout("00:00:05")]
    Task SetBlocksAsync(BlockSet blocks);
}
