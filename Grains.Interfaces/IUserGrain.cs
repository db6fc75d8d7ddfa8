using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// What outlives a user's sessions: the blocks, and which token was used last. Its key is the user id. Off every hot path:
/// asked when an identity comes back, told when it blocks.
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

    /// <summary>Takes note of a session token that is presented; see <see cref="ITokenBook.UseAsync"/>. Harmless when repeated.</summary>
    [Alias("UseToken"), ResponseTimeout("00:00:02")]
    Task<bool> UseTokenAsync(long generation);

    /// <summary>Ends the identity: no token of it is good any more, and its blocks are forgotten. Harmless when repeated.</summary>
    [Alias("End"), ResponseTimeout("00:00:05")]
    Task EndAsync();
}
