using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// A share of the users: which gateway holds each session, and a copy of its search or room. One grain holds thousands,
/// because activating one per user or room costs more than a whole match (see the architecture's measurements). Derived
/// from the gateways like the queues; it decides only who may claim a session next.
/// </summary>
[Alias("camdiv.IUserDirectoryGrain")]
public interface IUserDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Takes in what changed on a gateway and renews its lease. Harmless when repeated.</summary>
    [Alias("Record"), ResponseTimeout("00:00:03")]
    Task<DirectoryReply> RecordAsync(DirectoryBatch batch);

    /// <summary>Makes <paramref name="host"/> the user's gateway and says where the user was before.</summary>
    [Alias("Claim"), ResponseTimeout("00:00:02")]
    Task<Whereabouts> ClaimAsync(UserId user, HostId host);

    /// <summary>Takes in what the partition's last activation knew. Harmless when repeated.</summary>
    [Alias("Inherit"), ResponseTimeout("00:00:03")]
    Task InheritAsync(DirectoryLegacy legacy);

    /// <summary>Says where a user is: the way on when a route is stale.</summary>
    [Alias("Locate"), ResponseTimeout("00:00:02")]
    Task<Whereabouts> LocateAsync(UserId user);
}
