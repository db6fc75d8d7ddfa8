using System.Runtime.InteropServices;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections;

/// <summary>
/// Token buckets by network. Holds a network only while its bucket is not full, and at most <see cref="MaxKeys"/>; those
/// beyond pass uncounted, for whoever fills the table must not shut out the others. Thread-safe.
/// </summary>
/// <param name="perSecond">Tokens a second, over time.</param>
/// <param name="burst">Tokens at once.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressBudget(int perSecond, int burst, TimeProvider time)
{
    /// <summary>Most networks held.</summary>
    public const int MaxKeys = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<AddressPrefix, (double Tokens, long At)> _buckets = [];
    private long _sweptAt = time.GetTimestamp();

    /// <summary>Takes a token of a network.</summary>
    public bool TryTake(AddressPrefix from)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Sweep(now);
            if (_buckets.Count >= MaxKeys && !_buckets.ContainsKey(from))
            {
                return true;
            }
            ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, from, out var known);
            var tokens = known ? Refilled(bucket, now) : burst;
            var taken = tokens >= 1;
            bucket = (taken ? tokens - 1 : tokens, now);
            return taken;
        }
    }

    private double Refilled((double Tokens, long At) bucket, long now) =>
        Math.Min(burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));

    // A full bucket need not be held.
    private void Sweep(long now)
    {
        if (time.GetElapsedTime(_sweptAt, now) < TimeSpan.FromSeconds(10))
        {
            return;
        }
        _sweptAt = now;
        foreach (var (from, bucket) in _buckets)
        {
            if (Refilled(bucket, now) >= burst)
            {
                _buckets.Remove(from);
            }
        }
    }
}
