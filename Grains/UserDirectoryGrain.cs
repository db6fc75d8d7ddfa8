using System.Collections.Immutable;
using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Camdiv.Grains;

/// <summary>
/// A share of the users in memory, fed by the gateways. Its turns make claims exclusive: of two gateways at which one
/// user appears at once, the second is told of the first.
/// </summary>
[GrainType(GrainReferences.DirectoryType)]
public sealed partial class UserDirectoryGrain(
    IOptions<MatchmakingOptions> rules,
    IOptions<ClusterOptions> options,
    GatewayServiceClient gateways,
    TimeProvider time,
    ILogger<UserDirectoryGrain> logger) : Grain, IUserDirectoryGrain
{
    private readonly Clock _clock = new(time);
    private readonly Dictionary<UserId, Entry> _users = [];
    private readonly Dictionary<HostId, long> _seen = [];
    private readonly Dictionary<HostId, long> _deadSince = [];
    private readonly long _activeSince = time.GetTimestamp();
    private bool _full;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var period = TimeSpan.FromMilliseconds(options.Value.RenewMs);
        this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions(period, period) { KeepAlive = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DirectoryReply> RecordAsync(DirectoryBatch batch)
    {
        var known = !_seen.TryAdd(batch.Host, _clock.NowMs);
        _seen[batch.Host] = _clock.NowMs;
        if (batch.Whole)
        {
            var named = batch.Changes.Where(change => change.Held).Select(change => change.User).ToHashSet();
            foreach (var user in _users.Where(pair => pair.Value.Host == batch.Host && !named.Contains(pair.Key)).Select(pair => pair.Key).ToArray())
            {
                _users.Remove(user);
            }
        }
        ImmutableArray<UserId>.Builder? lost = null;
        foreach (var change in batch.Changes)
        {
            if (_users.TryGetValue(change.User, out var entry) && entry.Host != batch.Host && !gateways.IsDead(entry.Host))
            {
                if (change.Held)
                {
                    (lost ??= ImmutableArray.CreateBuilder<UserId>()).Add(change.User);
                }
            }
            else if (change.Held)
            {
                Put(change.User, new Entry(batch.Host, change.Snapshot));
            }
            else if (entry.Host == batch.Host)
            {
                _users.Remove(change.User);
            }
        }
        return Task.FromResult(new DirectoryReply
        {
            Resubmit = !known && !batch.Whole,
            Lost = lost?.ToImmutable() ?? [],
        });
    }

    /// <inheritdoc/>
    public Task<Whereabouts> ClaimAsync(UserId user, HostId host)
    {
        var before = Describe(user);
        Put(user, new Entry(host, before.Snapshot));
        return Task.FromResult(before);
    }

    /// <inheritdoc/>
    public Task<Whereabouts> LocateAsync(UserId user) => Task.FromResult(Describe(user));

    private Whereabouts Describe(UserId user)
    {
        // Two renewals after its birth a partition has heard from every live gateway.
        var complete = time.GetElapsedTime(_activeSince) > TimeSpan.FromMilliseconds(2.5 * options.Value.RenewMs);
        return _users.TryGetValue(user, out var entry)
            ? new Whereabouts { Host = entry.Host, Snapshot = entry.Snapshot, Complete = true }
            : new Whereabouts { Complete = complete && !_full };
    }

    private void Put(UserId user, Entry entry)
    {
        if (_users.Count >= options.Value.MaxUsersPerPartition && !_users.ContainsKey(user))
        {
            if (!_full)
            {
                _full = true;
                LogFull(this.GetPrimaryKeyLong(), _users.Count);
            }
            return;
        }
        _users[user] = entry;
    }

    /// <summary>Users of a dead gateway are kept for their grace, then forgotten.</summary>
    private Task SweepAsync(CancellationToken cancellation)
    {
        var now = _clock.NowMs;
        foreach (var host in _seen.Keys.Where(gateways.IsDead).ToArray())
        {
            _seen.Remove(host);
            _deadSince[host] = now;
        }
        foreach (var (host, since) in _deadSince.Where(pair => now - pair.Value > rules.Value.GraceMs + 10_000).ToArray())
        {
            foreach (var user in _users.Where(pair => pair.Value.Host == host).Select(pair => pair.Key).ToArray())
            {
                _users.Remove(user);
            }
            _deadSince.Remove(host);
        }
        _full &= _users.Count >= options.Value.MaxUsersPerPartition;
        return Task.CompletedTask;
    }

    private readonly record struct Entry(HostId Host, SessionSnapshot? Snapshot);

    [LoggerMessage(3101, LogLevel.Warning, "Directory partition {Partition} is full with {Users} users; more cannot be resumed elsewhere.")]
    private partial void LogFull(long partition, int users);
}
