using System.Collections.Immutable;
using Camdiv.Matchmaking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Storage;

namespace Camdiv.Grains;

/// <summary>
/// Hosts one chat type's <see cref="WaitingPool"/>. Not reentrant: its turns are the pool's lock. Handshakes are started
/// by a turn and tracked, never awaited in one, so a gateway that waits for this queue is never waited for by it.
/// </summary>
[GrainType(GrainReferences.QueueType)]
public sealed partial class MatchQueueGrain : Grain, IMatchQueueGrain
{
    private readonly MatchmakingOptions _rules;
    private readonly ClusterOptions _options;
    private readonly GatewayHosts _gateways;
    private readonly TimeProvider _time;
    private readonly Clock _clock;
    private readonly ILogger<MatchQueueGrain> _logger;
    private readonly ILocalSiloDetails _silo;
    private readonly Serializer<ImmutableArray<Ticket>> _serializer;
    private readonly BestEffortState<StoredQueue> _copy;
    private readonly ClusterInstruments _instruments;
    private readonly PairingCounters _pairing;
    private readonly PairingHandshake _handshake;
    private readonly WaitingPool _pool;
    private readonly Dictionary<HostId, long> _seen = [];
    private readonly BatchNumbers _numbers = new();
    private readonly ParkedTickets _parked;
    private readonly HashSet<Task> _handshakes = [];
    private readonly List<Pair> _pairs = [];
    private Task _copying = Task.CompletedTask;
    private long _copiedAtMs;
    private bool _changed;

    /// <summary>Creates the activation; called by Orleans.</summary>
    public MatchQueueGrain(
        IOptions<MatchmakingOptions> rules,
        IOptions<ClusterOptions> options,
        GatewayHosts gateways,
        ClusterInstruments instruments,
        TimeProvider time,
        Clock clock,
        ILocalSiloDetails silo,
        Serializer<ImmutableArray<Ticket>> serializer,
        IServiceProvider services,
        IGrainContext context,
        ILogger<MatchQueueGrain> logger)
    {
        _rules = rules.Value;
        _options = options.Value;
        _gateways = gateways;
        _time = time;
        _clock = clock;
        _silo = silo;
        _serializer = serializer;
        _logger = logger;
        _instruments = instruments;
        _pairing = instruments.Pairing;
        _copy = new(services.GetKeyedService<IGrainStorage>(CamdivStorage.Name), "queue", context.GrainId, time);
        _handshake = new PairingHandshake(gateways, new IdSource(), _pairing);
        _pool = new WaitingPool(_rules, _clock.NowMs);
        _parked = new ParkedTickets(_rules.GraceMs);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var pass = TimeSpan.FromMilliseconds(_rules.PassIntervalMs);
        this.RegisterGrainTimer(PassAsync, new GrainTimerCreationOptions(pass, pass) { KeepAlive = true });
        LogActivated((ChatType)this.GetPrimaryKeyLong());
        // Not awaited: a store that is away must not hold up matching.
        _copying = ReadCopyAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // A handshake cut off here would hold its users until their reservation runs out.
        await Task.WhenAll(_handshakes).WaitAsync(TimeSpan.FromSeconds(3), _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _instruments.Pool((ChatType)this.GetPrimaryKeyLong(), null);
        LogDeactivated((ChatType)this.GetPrimaryKeyLong(), _pool.Count, reason.ReasonCode);
    }

    /// <inheritdoc/>
    public Task<QueueReply> SubmitAsync(QueueBatch batch)
    {
        var now = _clock.NowMs;
        var verdict = _numbers.Note(batch.Host, batch.Number, batch.Whole);
        if (verdict == BatchNumbers.Verdict.Ignore)
        {
            return Task.FromResult(new QueueReply { Waiting = _pool.Count, Queued = [] });
        }
        _seen[batch.Host] = _time.GetTimestamp();
        _instruments.LeaseRenewed();
        if (batch.Whole)
        {
            DropUnnamed(batch);
        }
        foreach (var conduct in batch.Conducts)
        {
            _pool.Judge(new Conduct(conduct.User, new AddressPrefix(conduct.From), conduct.Good), now);
        }
        var queued = ImmutableArray.CreateBuilder<QueuedTicket>(batch.Operations.Length);
        foreach (var operation in batch.Operations)
        {
            if (operation.Ticket is not { } ticket)
            {
                _pool.Remove(operation.User, operation.TicketId);
                continue;
            }
            _parked.Take(ticket.User, now);
            // One that is named again is here with the time at which it first came, which a second way must not shift.
            if (_pool.Find(ticket.User)?.Id != ticket.Id && _pool.Add(ticket, now) is { } pair)
            {
                _pairs.Add(pair);
            }
            else
            {
                queued.Add(new QueuedTicket { User = ticket.User, TicketId = ticket.Id });
            }
        }
        _changed |= batch.Operations.Length > 0;
        LaunchPairs();
        return Task.FromResult(new QueueReply
        {
            Resubmit = verdict == BatchNumbers.Verdict.TakeAndAsk,
            Waiting = _pool.Count,
            Queued = queued.DrainToImmutable(),
        });
    }

    /// <inheritdoc/>
    public Task<TicketSnapshot?> TakeParkedAsync(UserId user)
    {
        var ticket = _parked.Take(user, _clock.NowMs);
        return Task.FromResult(ticket is null ? null : new TicketSnapshot
        {
            Chat = ticket.Request.Chat,
            Interests = [.. ticket.Request.Interests],
            Languages = [.. ticket.Request.Languages],
            SinceMs = ticket.SinceMs,
            Front = ticket.Front,
        });
    }

    /// <inheritdoc/>
    public Task<QueueStats> GetStatsAsync() => Task.FromResult(new QueueStats
    {
        Waiting = _pool.Count,
        Parked = _parked.Count,
        Matched = _pairing.Matched,
        CheckFailed = _pairing.CheckFailed,
        RecheckFailed = _pairing.RecheckFailed,
        Silo = _silo.Name,
    });

    private Task PassAsync(CancellationToken cancellation)
    {
        DropLostGateways();
        _pool.Pass(_clock.NowMs, _pairs);
        LaunchPairs();
        _instruments.Pool((ChatType)this.GetPrimaryKeyLong(), _pool);
        CopyWhenDue();
        return Task.CompletedTask;
    }

    private void LaunchPairs()
    {
        if (_pairs.Count == 0)
        {
            return;
        }
        var handshake = _handshake.RunAsync([.. _pairs]).AsTask();
        _pairs.Clear();
        if (!handshake.IsCompleted)
        {
            _handshakes.Add(handshake);
            // The continuation runs in this activation's turns, so the set needs no lock.
            _ = ForgetAsync(handshake);
        }

        async Task ForgetAsync(Task running)
        {
            await running;
            _handshakes.Remove(running);
        }
    }

    /// <summary>A whole submission: tickets of that gateway which it does not name are gone.</summary>
    private void DropUnnamed(QueueBatch batch)
    {
        var named = batch.Operations.Where(operation => operation.Ticket is not null).Select(operation => operation.Ticket!.User).ToHashSet();
        _pool.RemoveWhere(ticket => ticket.Host == batch.Host && !named.Contains(ticket.User), static _ => { });
    }

    /// <summary>
    /// A gateway that is dead, failed a handshake or let its lease run out: its tickets would only cost their partners a
    /// try each. They are kept aside for users who resume elsewhere; the gateway itself is asked for all on its return.
    /// </summary>
    private void DropLostGateways()
    {
        List<HostId>? lost = null;
        foreach (var (host, seen) in _seen)
        {
            if (_gateways.HasFailedSince(host, seen)
                || _time.GetElapsedTime(seen) > TimeSpan.FromMilliseconds(_options.LeaseMs))
            {
                (lost ??= []).Add(host);
            }
        }
        foreach (var host in lost ?? [])
        {
            _seen.Remove(host);
            _numbers.Forget(host);
            _gateways.Forget(host);
            var before = _pool.Count;
            _pool.RemoveWhere(ticket => ticket.Host == host, ticket => _parked.Add(ticket, _clock.NowMs));
            _instruments.LeaseLost(before - _pool.Count);
            if (before > _pool.Count)
            {
                // One that left in order took its tickets along.
                LogGatewayLost((ChatType)this.GetPrimaryKeyLong(), host, before - _pool.Count);
            }
        }
        _parked.Prune(_clock.NowMs);
    }

    private async Task ReadCopyAsync()
    {
        if (_options.QueueCopyTickets == 0 || !await _copy.TryReadAsync() || _copy.Value.Tickets.Length == 0)
        {
            return;
        }
        try
        {
            foreach (var ticket in _serializer.Deserialize(_copy.Value.Tickets))
            {
                // A gateway that has submitted already knows better than the copy.
                if (!_seen.ContainsKey(ticket.Host))
                {
                    _parked.Add(ticket, _clock.NowMs);
                }
            }
            LogCopyRead((ChatType)this.GetPrimaryKeyLong(), _parked.Count);
        }
        catch (Exception foreign) when (foreign is not OutOfMemoryException)
        {
            LogForeignCopy((ChatType)this.GetPrimaryKeyLong(), foreign.GetType().Name);
        }
    }

    private void CopyWhenDue()
    {
        if (!_changed
            || !_copying.IsCompleted
            || _options.QueueCopyTickets == 0
            || _clock.NowMs - _copiedAtMs < _options.QueueCopyMs)
        {
            return;
        }
        _changed = false;
        _copiedAtMs = _clock.NowMs;
        _copy.Value = new StoredQueue
        {
            Tickets = _serializer.SerializeToArray(
                [.. _pool.Tickets.OrderBy(ticket => ticket.SinceMs).Take(_options.QueueCopyTickets)]),
        };
        _copying = CopyAsync();

        async Task CopyAsync()
        {
            if (!await _copy.TryWriteAsync())
            {
                _changed = true;
                LogCopyFailed((ChatType)this.GetPrimaryKeyLong());
            }
        }
    }
}
