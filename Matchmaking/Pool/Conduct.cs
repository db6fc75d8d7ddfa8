namespace Camdiv.Matchmaking;

/// <summary>What a session host found out about a user in a room, for the pool that bounds what its network may do.</summary>
/// <param name="User">Who.</param>
/// <param name="From">The user's network.</param>
/// <param name="Good">
/// True: frames flowed both ways for some seconds with somebody of another network. False: the user did not acknowledge,
/// or never answered in a call.
/// </param>
public readonly record struct Conduct(UserId User, AddressPrefix From, bool Good);
