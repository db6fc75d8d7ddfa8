using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Camdiv.Matchmaking;

/// <summary>Whom one user never meets again: immutable, oldest block first.</summary>
public sealed class BlockSet
{
    /// <summary>Nobody.</summary>
    public static readonly BlockSet Empty = new([]);

    private readonly FrozenSet<UserId> _members;

    private BlockSet(ImmutableArray<UserId> ordered)
    {
        Ordered = ordered;
        _members = ordered.Length == 0 ? [] : ordered.ToFrozenSet();
    }

    /// <summary>The blocked, oldest first.</summary>
    public ImmutableArray<UserId> Ordered { get; }

    /// <summary>Builds a set from <paramref name="ordered"/>, oldest first; duplicates keep their first place.</summary>
    public static BlockSet From(IEnumerable<UserId> ordered)
    {
        var distinct = ordered.Distinct().ToImmutableArray();
        return distinct.Length == 0 ? Empty : new BlockSet(distinct);
    }

    /// <summary>Whether <paramref name="user"/> is blocked.</summary>
    public bool Contains(UserId user) => Ordered.Length != 0 && _members.Contains(user);

    /// <summary>This set and <paramref name="user"/>; past <paramref name="bound"/> members the oldest goes.</summary>
    public BlockSet Add(UserId user, int bound)
    {
        if (Contains(user))
        {
            return this;
        }
        var excess = Math.Max(0, Ordered.Length + 1 - bound);
        return new BlockSet(Ordered.RemoveRange(0, excess).Add(user));
    }
}
