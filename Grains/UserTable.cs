using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// The rules of a directory partition, as plain state: who holds each session, and who has claimed it. A gateway that
/// looks for a session claims it first; until it records that it holds it, whoever held it before may still say so.
/// </summary>
/// <param name="isDead">Whether membership has declared a gateway dead.</param>
/// <param name="bound">Most users kept.</param>
/// <param name="claimMs">How long a claim stands without its gateway holding the session, in ms.</param>
/// <param name="membership">The cluster's membership version: grows whenever a silo comes or goes, on all silos alike.</param>
internal sealed class UserTable(Func<HostId, bool> isDead, int bound, int claimMs, Func<long> membership)
{
    private readonly Dictionary<UserId, Entry> _users = [];
    private readonly Queue<(UserId User, long Claim, long UntilMs)> _claims = new();
    private long _lastClaim;

    /// <summary>What became of a gateway's word that it holds a session.</summary>
    public enum Verdict : byte
    {
        /// <summary>It is noted.</summary>
        Taken,

        /// <summary>Another gateway is about to take the session over; ask again.</summary>
        Claimed,

        /// <summary>Another gateway holds the session: this one's is stale.</summary>
        Lost,
    }

    /// <summary>Users known.</summary>
    public int Count => _users.Count;

    /// <summary>Whether nobody new can be taken in.</summary>
    public bool Full => _users.Count >= bound;

    /// <summary>Who holds a user's session or is about to, and its newest copy.</summary>
    public bool TryFind(UserId user, out HostId host, out SessionSnapshot? copy)
    {
        var found = _users.TryGetValue(user, out var entry);
        (host, copy) = (entry.Host, entry.Copy);
        return found;
    }

    /// <summary>Makes a gateway the next to hold a user's session. Harmless when repeated.</summary>
    /// <returns>The claim's number, and whom to ask for the session or, when that one is dead, the copy to go by.</returns>
    public (long Number, HostId? Host, SessionSnapshot? Copy, bool Known) Claim(UserId user, HostId host, long nowMs)
    {
        var number = NextClaim();
        var known = _users.TryGetValue(user, out var entry);
        // A claimant that lives will hold the session; of one that repeats itself or died, its predecessor is asked.
        var former = entry.IsClaim && (entry.Host == host || isDead(entry.Host)) ? entry.Former : known ? entry.Host : null;
        var copy = entry.Copy;
        if (former == host)
        {
            // It asks because it holds the session no more: it ran out there, and no copy of it may come back to life.
            (former, copy) = (null, null);
        }
        if (known || !Full)
        {
            Put(user, new Entry(host, copy, number, former), nowMs);
        }
        return (number, former, copy, known);
    }

    /// <summary>Takes in what a gateway says of a user.</summary>
    public Verdict Record(HostId host, DirectoryEntry change, long nowMs)
    {
        var known = _users.TryGetValue(change.User, out var entry);
        if (known && entry.Host != host && !isDead(entry.Host))
        {
            if (!change.Held)
            {
                return Verdict.Taken;
            }
            if (!entry.IsClaim)
            {
                return Verdict.Lost;
            }
            _users[change.User] = entry with { Copy = change.Snapshot, Former = host };
            return Verdict.Claimed;
        }
        if (change.Held)
        {
            if (known || !Full)
            {
                _users[change.User] = new Entry(host, change.Snapshot, 0, null);
            }
        }
        else if (known && entry.Host == host && change.To is { } next)
        {
            Put(change.User, new Entry(next, change.Snapshot, NextClaim(), host), nowMs);
        }
        else if (known && entry.Host == host && !entry.IsClaim)
        {
            // An older "no more" says nothing against a claim: what is claimed was to come back.
            _users.Remove(change.User);
        }
        return Verdict.Taken;
    }

    /// <summary>Forgets what a gateway held and does not name any more.</summary>
    public void KeepOnly(HostId host, IReadOnlySet<UserId> named) =>
        RemoveWhere((user, entry) => entry.Host == host && !entry.IsClaim && !named.Contains(user));

    /// <summary>Forgets everyone of a gateway.</summary>
    public void Forget(HostId host) => RemoveWhere((_, entry) => entry.Host == host);

    /// <summary>Ends claims that came to nothing.</summary>
    public void EndClaims(long nowMs)
    {
        while (_claims.TryPeek(out var oldest) && oldest.UntilMs <= nowMs)
        {
            _claims.Dequeue();
            if (_users.TryGetValue(oldest.User, out var entry) && entry.Claim == oldest.Claim)
            {
                if (entry.Former is { } former)
                {
                    _users[oldest.User] = new Entry(former, entry.Copy, 0, null);
                }
                else
                {
                    _users.Remove(oldest.User);
                }
            }
        }
    }

    /// <summary>Everyone, for the partition's next activation.</summary>
    public IEnumerable<(HostId Host, DirectoryEntry Entry)> All => _users.Select(
        pair => (pair.Value.Host, new DirectoryEntry { User = pair.Key, Held = true, Snapshot = pair.Value.Copy }));

    /// <summary>Takes in what an earlier activation knew and this one does not.</summary>
    public void Inherit(HostId host, DirectoryEntry entry)
    {
        if (!Full)
        {
            _users.TryAdd(entry.User, new Entry(host, entry.Snapshot, 0, null));
        }
    }

    /// <summary>The last number given; what an activation in a membership that has not changed since goes on from.</summary>
    public long LastClaim
    {
        get => _lastClaim;
        set => _lastClaim = Math.Max(_lastClaim, value);
    }

    // A partition loses its memory with its silo, and then the membership has changed: it goes on with greater numbers,
    // whatever the clock of its new silo says.
    private long NextClaim() => _lastClaim = Math.Max(_lastClaim + 1, membership() << 40);

    private void Put(UserId user, Entry claim, long nowMs)
    {
        _users[user] = claim;
        _claims.Enqueue((user, claim.Claim, nowMs + claimMs));
    }

    private void RemoveWhere(Func<UserId, Entry, bool> condition)
    {
        foreach (var (user, entry) in _users)
        {
            if (condition(user, entry))
            {
                _users.Remove(user);
            }
        }
    }

    /// <param name="Host">Who holds the session or has claimed it.</param>
    /// <param name="Copy">Its newest copy.</param>
    /// <param name="Claim">Number of the claim; 0 when the gateway has said that it holds the session.</param>
    /// <param name="Former">Who held it when it was claimed, or has said since that it still does.</param>
    private readonly record struct Entry(HostId Host, SessionSnapshot? Copy, long Claim, HostId? Former)
    {
        public bool IsClaim => Claim != 0;
    }
}
