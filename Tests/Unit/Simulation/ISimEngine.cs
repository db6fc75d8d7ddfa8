using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>An engine under simulation: the embedded one, or the cluster's shape.</summary>
internal interface ISimEngine : IDisposable
{
    IUserConnection Connect(SimUser user, Arrival arrival, IClientLink link);

    /// <summary>Looks inside, where the engine can be looked into, for anybody stranded or in two places.</summary>
    void Inspect();
}
