using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>An engine under simulation: the embedded one, or the cluster's shape.</summary>
internal interface ISimEngine : IDisposable
{
    IUserConnection Connect(SimUser user, Arrival arrival, IClientLink link);

    /// <summary>Has a user block others from before its first connection on.</summary>
    void Block(SimUser user, IEnumerable<SimUser> blocked);

    /// <summary>A user was just told of a room: it may hold no ticket besides.</summary>
    void Entered(SimUser user);

    /// <summary>Looks inside, where the engine can be looked into, for anybody stranded or in two places.</summary>
    void Inspect();
}
