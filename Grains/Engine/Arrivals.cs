using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// Users who resume here at this moment. However many connections of one user do, the session is searched for once; and
/// while one does, the session is not given up, because the connection would then find nothing and begin another.
/// </summary>
internal sealed class Arrivals(Func<UserId, Arrivals.Arrival, Task<BlockSet>> bring)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UserId, Arrival> _byUser = [];

    /// <summary>Whether a user is arriving.</summary>
    public bool Contains(UserId user)
    {
        lock (_gate)
        {
            return _byUser.ContainsKey(user);
        }
    }

    /// <summary>
    /// Whether a gateway that asks for a user's session must ask again: the user is arriving here and claimed it before.
    /// One who claimed later than the asker gets the session from the asker and must not be waited for.
    /// </summary>
    public bool Precedes(UserId user, long claim)
    {
        lock (_gate)
        {
            return claim > 0 && _byUser.TryGetValue(user, out var arrival) && arrival.Claim < claim;
        }
    }

    /// <summary>Brings the session here; the user is arriving until the returned handle is disposed.</summary>
    public Handle Enter(UserId user)
    {
        lock (_gate)
        {
            if (!_byUser.TryGetValue(user, out var arrival))
            {
                _byUser[user] = arrival = new Arrival();
                arrival.Count = 1;
                arrival.Brought = BringAsync(user, arrival);
            }
            arrival.Count++;
            return new Handle(this, user, arrival);
        }
    }

    // Goes on when the connection that caused it is gone: a session that is on its way here must arrive.
    private async Task<BlockSet> BringAsync(UserId user, Arrival arrival)
    {
        try
        {
            return await Task.Run(() => bring(user, arrival)).ConfigureAwait(false);
        }
        finally
        {
            Leave(user, arrival);
        }
    }

    private void Leave(UserId user, Arrival arrival)
    {
        lock (_gate)
        {
            if (--arrival.Count == 0)
            {
                _byUser.Remove(user);
            }
        }
    }

    /// <summary>One user's arrival.</summary>
    public sealed class Arrival
    {
        internal int Count;
        internal Task<BlockSet> Brought = null!;
        private long _claim;

        /// <summary>Number of the claim on the session; 0 until the directory has answered.</summary>
        public long Claim
        {
            get => Volatile.Read(ref _claim);
            set => Volatile.Write(ref _claim, value);
        }
    }

    /// <summary>One connection's part in an arrival.</summary>
    public readonly struct Handle(Arrivals arrivals, UserId user, Arrival arrival) : IDisposable
    {
        /// <summary>Completes with the user's blocks when the session is here or nowhere.</summary>
        public Task<BlockSet> Brought => arrival.Brought;

        /// <inheritdoc/>
        public void Dispose() => arrivals.Leave(user, arrival);
    }
}
