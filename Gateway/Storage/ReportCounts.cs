using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Storage;

/// <summary>
/// How often each identity and each network has reported since the day began; days are of 24 h from the first report.
/// Thread-safe.
/// </summary>
internal sealed class ReportCounts(int perIdentity, int perAddress, TimeProvider time)
{
    // Those who come when as many are known share one count, so that nobody gets a fresh one by being many.
    private const int MaxKeys = 100_000;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<AddressPrefix, int> _byAddress = [];
    private readonly Dictionary<UserId, int> _byUser = [];
    private long? _since;

    /// <summary>Counts a report if it is within the bounds.</summary>
    /// <returns>Null, or which bound is reached: <c>address</c> or <c>identity</c>.</returns>
    public string? Take(AddressPrefix from, UserId user)
    {
        lock (_gate)
        {
            if (_since is not { } since || time.GetElapsedTime(since) >= Day)
            {
                _since = time.GetTimestamp();
                _byAddress.Clear();
                _byUser.Clear();
            }
            var (address, identity) = (KeyOf(_byAddress, from), KeyOf(_byUser, user));
            if (!from.IsNone && _byAddress.GetValueOrDefault(address) >= perAddress)
            {
                return "address";
            }
            if (_byUser.GetValueOrDefault(identity) >= perIdentity)
            {
                return "identity";
            }
            Add(from, user, 1);
            return null;
        }
    }

    /// <summary>Takes back what was counted for a report that could not be recorded.</summary>
    public void GiveBack(AddressPrefix from, UserId user)
    {
        lock (_gate)
        {
            Add(from, user, -1);
        }
    }

    private void Add(AddressPrefix from, UserId user, int change)
    {
        Add(_byUser, KeyOf(_byUser, user), change);
        if (!from.IsNone)
        {
            Add(_byAddress, KeyOf(_byAddress, from), change);
        }
    }

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key, int change)
        where TKey : struct =>
        counts[key] = Math.Max(0, counts.GetValueOrDefault(key) + change);

    private static TKey KeyOf<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : struct =>
        counts.Count < MaxKeys || counts.ContainsKey(key) ? key : default;
}
