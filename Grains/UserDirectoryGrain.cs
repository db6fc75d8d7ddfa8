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
public sealed partial class UserDirectoryGrain : Grain, IUserDirectoryGrain
{
    private readonly MatchmakingOptions _rules;
    private readonly ClusterOptions _options;
    private readonly GatewayServiceClient _gateways;
    private readonly DirectoryShelf _shelf;
    private readonly TimeProvider _time;
    private readonly Clock _clock;
    private readonly ILogger<UserDirectoryGrain> _logger;
    private readonly UserTable _users;
    private readonly BatchNumbers _numbers = new();
    private readonly HashSet<HostId> _named = [];
    private readonly Dictionary<HostId, long> _deadSince = [];
    private readonly long _activeSince;
    private bool _full;

    /// <summary>Creates the activation; called by Orleans.</summary>
    public UserDirectoryGrain(
        IOptions<MatchmakingOptions> rules,
        IOptions<ClusterOptions> options,
        GatewayServiceClient gateways,
        DirectoryShelf shelf,
        TimeProvider time,
        Clock clock,
        ILogger<UserDirectoryGrain> logger)
    {
        _rules = rules.Value;
        _options = options.Value;
        _gateways = gateways;
        _shelf = shelf;
        _time = time;
        _clock = clock;
        _logger = logger;
        _users = new UserTable(gateways.IsDead, _options.MaxUsersPerPartition, _options.FindMs + 5_000, () => gateways.MembershipVersion);
        _activeSince = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var period = TimeSpan.FromMilliseconds(_options.RenewMs);
        this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions(period, period) { KeepAlive = true });
        foreach (var legacy in _shelf.Take(this.GetPrimaryKeyLong()))
        {
            Inherit(legacy);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Orleans' grain directory gives up activations whenever a silo goes. Live gateways tell the next one everything
        // again, but of a gateway that died with that silo only this memory is left.
        _shelf.Put(this.GetPrimaryKeyLong(), _users.All, _users.LastClaim);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DirectoryReply> RecordAsync(DirectoryBatch batch)
    {
        var verdict = _numbers.Note(batch.Host, batch.Number, batch.Whole);
        if (verdict == BatchNumbers.Verdict.Ignore)
        {
            return Task.FromResult(new DirectoryReply { Lost = [], Claimed = [] });
        }
        _named.Add(batch.Host);
        if (batch.Whole)
        {
            _users.KeepOnly(batch.Host, batch.Changes.Where(change => change.Held).Select(change => change.User).ToHashSet());
        }
        ImmutableArray<UserId>.Builder? lost = null;
        ImmutableArray<UserId>.Builder? claimed = null;
        foreach (var change in batch.Changes)
        {
            switch (_users.Record(batch.Host, change, _clock.NowMs))
            {
                case UserTable.Verdict.Lost:
                    (lost ??= ImmutableArray.CreateBuilder<UserId>()).Add(change.User);
                    break;
                case UserTable.Verdict.Claimed:
                    (claimed ??= ImmutableArray.CreateBuilder<UserId>()).Add(change.User);
                    break;
            }
        }
        NoteFull();
        return Task.FromResult(new DirectoryReply
        {
            Resubmit = verdict == BatchNumbers.Verdict.TakeAndAsk,
            Lost = lost?.ToImmutable() ?? [],
            Claimed = claimed?.ToImmutable() ?? [],
        });
    }

    /// <inheritdoc/>
    public Task<Whereabouts> ClaimAsync(UserId user, HostId host)
    {
        var (number, former, copy, known) = _users.Claim(user, host, _clock.NowMs);
        return Task.FromResult(new Whereabouts
        {
            Host = former,
            Snapshot = copy,
            Complete = known || Complete,
            Claim = number,
            Known = known,
        });
    }

    /// <inheritdoc/>
    public Task<Whereabouts> LocateAsync(UserId user) => Task.FromResult(_users.TryFind(user, out var host, out var copy)
        ? new Whereabouts { Host = host, Snapshot = copy, Complete = true }
        : new Whereabouts { Complete = Complete });

    /// <inheritdoc/>
    public Task InheritAsync(DirectoryLegacy legacy)
    {
        Inherit(legacy);
        return Task.CompletedTask;
    }

    // Two renewals after its birth a partition has heard from every live gateway.
    private bool Complete =>
        !_full && _time.GetElapsedTime(_activeSince) > TimeSpan.FromMilliseconds(2.5 * _options.RenewMs);

    private void Inherit(DirectoryLegacy legacy)
    {
        _users.LastClaim = legacy.LastClaim;
        if (_numbers.Knows(legacy.Host) && !_gateways.IsDead(legacy.Host))
        {
            // It has spoken for itself since.
            return;
        }
        foreach (var user in legacy.Users)
        {
            _users.Inherit(legacy.Host, user);
        }
        _named.Add(legacy.Host);
        NoteFull();
    }

    private void NoteFull()
    {
        if (_users.Full && !_full)
        {
            _full = true;
            LogFull(this.GetPrimaryKeyLong(), _users.Count);
        }
    }

    /// <summary>Users of a dead gateway are kept for their grace, then forgotten.</summary>
    private Task SweepAsync(CancellationToken cancellation)
    {
        var now = _clock.NowMs;
        foreach (var host in _named.Where(_gateways.IsDead).ToArray())
        {
            _named.Remove(host);
            _numbers.Forget(host);
            _deadSince[host] = now;
        }
        foreach (var (host, since) in _deadSince.Where(pair => now - pair.Value > _rules.GraceMs + 10_000).ToArray())
        {
            _users.Forget(host);
            _deadSince.Remove(host);
        }
        _users.EndClaims(now);
        _full &= _users.Full;
        return Task.CompletedTask;
    }

    [LoggerMessage(3101, LogLevel.Warning, "Directory partition {Partition} is full with {Users} users; more cannot be resumed elsewhere.")]
    private partial void LogFull(long partition, int users);
}
