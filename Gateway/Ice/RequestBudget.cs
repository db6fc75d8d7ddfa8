using System.Runtime.InteropServices;

namespace Camdiv.Gateway.Ice;

/// <summary>
/// Token buckets by key: so many requests a minute each. Holds a key only while its bucket is not full, and at most
/// <see cref="MaxKeys"/>; beyond that new keys are refused until others refill. Thread-safe.
/// </summary>
internal sealed class RequestBudget(int perMinute, TimeProvider time)
{
    /// <summary>Most keys held.</summary>
    public const int MaxKeys = 200_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (double Tokens, long At)> _buckets = [];
    private long _sweptAt = time.GetTimestamp();

    /// <summary>Takes one request's token.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="retryAfter">When the next token will be there, if there is none now.</param>
    public bool TryTake(string key, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Sweep(now);
            if (_buckets.Count >= MaxKeys && !_buckets.ContainsKey(key))
            {
                retryAfter = TimeSpan.FromMinutes(1);
                return false;
            }
            ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, key, out var known);
            var tokens = known ? Refilled(bucket, now) : perMinute;
            if (tokens < 1)
            {
                bucket = (tokens, now);
                retryAfter = TimeSpan.FromMinutes((1 - tokens) / perMinute);
                return false;
            }
            bucket = (tokens - 1, now);
            return true;
        }
    }

    private double Refilled((double Tokens, long At) bucket, long now) =>
        Math.Min(perMinute, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalMinutes * perMinute));

    // Any bucket is full again after a minute untouched, and a full one need not be held.
    private void Sweep(long now)
    {
        if (time.GetElapsedTime(_sweptAt, now) < TimeSpan.FromMinutes(1))
        {
            return;
        }
        _sweptAt = now;
        foreach (var (key, bucket) in _buckets)
        {
            if (Refilled(bucket, now) >= perMinute)
            {
                _buckets.Remove(key);
            }
        }
    }
}
