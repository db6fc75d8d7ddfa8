namespace Camdiv.Matchmaking;

/// <summary>
/// What a session host needs from the engine around it. <see cref="Enqueue"/>, <see cref="Withdraw"/>,
/// <see cref="Publish"/>, <see cref="BlocksChanged"/> and <see cref="Judge"/> are called outside the host's lock, in the order things
/// happened; the other two are called inside it and must return at once.
/// </summary>
public interface ISessionPorts
{
    /// <summary>Puts a ticket into its chat type's pool, replacing the user's earlier one.</summary>
    void Enqueue(Ticket ticket);

    /// <summary>Takes a ticket out of its pool if it is still there.</summary>
    void Withdraw(ChatType chat, UserId user, long ticketId);

    /// <summary>Tells another host about a member of a shared room.</summary>
    void Publish(HostId host, MemberUpdate update);

    /// <summary>A user's blocks changed and should be kept.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="blocks">All of them.</param>
    /// <param name="from">The user's network.</param>
    /// <param name="proven">Whether the user has talked with a stranger.</param>
    void BlocksChanged(UserId user, BlockSet blocks, AddressPrefix from, bool proven);

    /// <summary>Tells a chat type's pool how a user behaved; arrives before tickets that follow.</summary>
    void Judge(ChatType chat, Conduct conduct);

    /// <summary>
    /// The way for frames to a peer hosted elsewhere. <paramref name="former"/> is the way used so far in this room, if
    /// any: the new one must not overtake it. <paramref name="sent"/> is the last number that frames of this member carried
    /// from another host, or 0. Must not call back.
    /// </summary>
    IRelayTarget Route(HostId host, UserId peer, RoomId room, IRelayTarget? former, long sent);

    /// <summary>
    /// The way for frames to a peer that is here now and was hosted elsewhere before in this room; as
    /// <see cref="Route"/>, it must not overtake <paramref name="former"/> and must not call back.
    /// </summary>
    IRelayTarget RouteHere(RelayInbox inbox, IRelayTarget former) => inbox;

    /// <summary>About how many wait for <paramref name="chat"/>. Must not call back.</summary>
    int Waiting(ChatType chat);
}
