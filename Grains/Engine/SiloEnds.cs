namespace Camdiv.Grains;

/// <summary>Tells, of each membership snapshot, which silos have ended since the one before.</summary>
internal sealed class SiloEnds
{
    private readonly HashSet<SiloAddress> _dead = [];
    private readonly HashSet<SiloAddress> _leaving = [];
    private bool _looked;

    /// <summary>
    /// The newly dead, and of each whether it ended without a word. Those of the first snapshot ended before this silo knew
    /// of them, and membership keeps such entries for days: nobody asked, so nobody is told.
    /// </summary>
    public List<(ClusterMember Member, bool Unforeseen)> Look(ClusterMembershipSnapshot snapshot)
    {
        var ended = new List<(ClusterMember, bool)>();
        foreach (var member in snapshot.Members.Values)
        {
            if (member.Status is SiloStatus.ShuttingDown or SiloStatus.Stopping)
            {
                _leaving.Add(member.SiloAddress);
            }
            else if (member.Status == SiloStatus.Dead && _dead.Add(member.SiloAddress))
            {
                ended.Add((member, !_leaving.Remove(member.SiloAddress) && _looked));
            }
        }
        _looked = true;
        return ended;
    }
}
