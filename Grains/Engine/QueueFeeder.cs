using System.Collections.Immutable;
using Camdiv.Matchmaking;
using Microsoft.Extensions.Logging;

namespace Camdiv.Grains;

/// <summary>
/// Brings one chat type's arrivals and withdrawals to its queue: at once when idle, and while a call is under way what
/// comes meanwhile is the next batch, so the queue's cost per match falls as the load grows. One operation per user is
/// kept, the latest; a batch whose outcome is unknown is sent again under a new number, which the queue takes
/// without harm.
/// </summary>
internal sealed partial class QueueFeeder(
    ChatType chat,
    SessionHost host,
    IGrainFactory grains,
    Matchmakers matchmakers,
    ClusterOptions options,
    ClusterInstruments instruments,
    TimeProvider time,
    CancellationToken stopping,
    ILogger logger)
{
    private const int MaxBatch = 2_000;
    private const int MaxConducts = 10_000;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    // A queue that moves to another silo fails a call or two; that is no news.
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly IMatchQueueGrain _queue = grains.Queue(chat);
    private readonly Dictionary<UserId, QueueOperation> _pending = [];
    private readonly Queue<UserId> _order = new();
    private readonly Queue<QueueConduct> _conducts = new();
    private long _submittedAt = time.GetTimestamp();
    private long _number;
    private bool _renew;
    private bool _whole;
    private bool _sending;
    private long _failingSince;
    private int _failures;
    private bool _told;
    private bool _resting;

    /// <summary>People waiting, as the queue last said.</summary>
    public int Waiting { get; private set; }

    public void Enqueue(Ticket ticket) => Add(new QueueOperation { Ticket = ticket, User = ticket.User, TicketId = ticket.Id });

    public void Withdraw(UserId user, long ticketId) => Add(new QueueOperation { User = user, TicketId = ticketId });

    /// <summary>Tells the queue how a user behaved, before what is added after it. While the queue is away the oldest are given up.</summary>
    public void Judge(Conduct conduct)
    {
        lock (_gate)
        {
            _conducts.Enqueue(new QueueConduct { User = conduct.User, From = conduct.From.Value, Good = conduct.Good });
            if (_conducts.Count > MaxConducts)
            {
                _conducts.Dequeue();
            }
            if (_sending)
            {
                return;
            }
            _sending = true;
        }
        _ = SendAsync();
    }

    /// <summary>Renews the lease if it is due, or at once.</summary>
    public void Renew(bool atOnce)
    {
        lock (_gate)
        {
            _renew |= atOnce || time.GetElapsedTime(_submittedAt) >= TimeSpan.FromMilliseconds(options.RenewMs);
            if (!_renew || _sending)
            {
                return;
            }
            _sending = true;
        }
        _ = SendAsync();
    }

    private void Add(QueueOperation operation)
    {
        lock (_gate)
        {
            if (!_pending.ContainsKey(operation.User))
            {
                _order.Enqueue(operation.User);
            }
            _pending[operation.User] = operation;
            if (_sending)
            {
                return;
            }
            _sending = true;
        }
        _ = SendAsync();
    }

    private async Task SendAsync()
    {
        while (!stopping.IsCancellationRequested && TakeBatch() is { } batch)
        {
            try
            {
                _submittedAt = time.GetTimestamp();
                instruments.Called("submit");
                var reply = await _queue.SubmitAsync(batch).ConfigureAwait(false);
                Accept(batch, reply);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                instruments.Retried("submit");
                NoteFailure(failure);
                PutBack(batch);
                await Task.Delay(RetryDelay, time, stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Accept(QueueBatch batch, QueueReply reply)
    {
        if (_told)
        {
            LogReachable(chat, _failures);
        }
        (_failures, _told) = (0, false);
        Waiting = reply.Waiting;
        foreach (var queued in reply.Queued)
        {
            host.Queued(queued.User, queued.TicketId, reply.Waiting);
        }
        if (reply.Resubmit)
        {
            lock (_gate)
            {
                _whole = true;
            }
        }
    }

    private void NoteFailure(Exception failure)
    {
        if (_failures++ == 0)
        {
            _failingSince = _submittedAt;
        }
        if (!_told && time.GetElapsedTime(_failingSince) >= WorthAWord && matchmakers.AreThere)
        {
            _told = true;
            LogUnreachable(chat, failure.GetType().Name);
        }
    }

    /// <summary>Goes idle until a matchmaker is there; the queue then gets everything. Who searches is told that they do.</summary>
    private void Rest()
    {
        bool begins;
        Ticket[] came;
        lock (_gate)
        {
            begins = !_resting;
            came = [.. _pending.Values.Select(operation => operation.Ticket).OfType<Ticket>()];
            _pending.Clear();
            _order.Clear();
            _resting = _whole = _renew = true;
            _sending = false;
            (_failures, _told) = (0, false);
        }
        foreach (var ticket in begins ? host.SearchingTickets(chat) : [.. came])
        {
            host.Queued(ticket.User, ticket.Id, Waiting);
        }
        // One that came since this was decided found the feeder at work and has not woken it.
        if (matchmakers.AreThere)
        {
            Renew(atOnce: true);
        }
    }

    /// <summary>The next batch, or null when there is nothing left or nobody to take it; the feeder is then idle.</summary>
    private QueueBatch? TakeBatch()
    {
        if (!matchmakers.AreThere)
        {
            Rest();
            return null;
        }
        bool whole;
        lock (_gate)
        {
            _resting = false;
            whole = _whole;
            if (!whole && !_renew && _order.Count == 0 && _conducts.Count == 0)
            {
                _sending = false;
                return null;
            }
            _whole = _renew = false;
            if (whole)
            {
                // The sessions' present state, read below, already contains what these did.
                _pending.Clear();
                _order.Clear();
            }
        }
        if (whole)
        {
            var all = host.SearchingTickets(chat);
            return new QueueBatch
            {
                Host = host.Self,
                Operations = [.. all.Select(ticket => new QueueOperation { Ticket = ticket, User = ticket.User, TicketId = ticket.Id })],
                Whole = true,
                Number = ++_number,
                Conducts = TakeConducts(),
            };
        }
        lock (_gate)
        {
            var operations = ImmutableArray.CreateBuilder<QueueOperation>(Math.Min(_order.Count, MaxBatch));
            while (operations.Count < MaxBatch && _order.TryDequeue(out var user))
            {
                if (_pending.Remove(user, out var operation))
                {
                    operations.Add(operation);
                }
            }
            return new QueueBatch { Host = host.Self, Operations = operations.DrainToImmutable(), Number = ++_number, Conducts = TakeConducts() };
        }
    }

    private ImmutableArray<QueueConduct> TakeConducts()
    {
        lock (_gate)
        {
            ImmutableArray<QueueConduct> conducts = [.. _conducts];
            _conducts.Clear();
            return conducts;
        }
    }

    private void PutBack(QueueBatch batch)
    {
        lock (_gate)
        {
            _renew = true;
            foreach (var conduct in batch.Conducts)
            {
                _conducts.Enqueue(conduct);
            }
            _whole |= batch.Whole;
            if (batch.Whole)
            {
                return;
            }
            foreach (var operation in batch.Operations)
            {
                if (_pending.TryAdd(operation.User, operation))
                {
                    _order.Enqueue(operation.User);
                }
            }
        }
    }

    [LoggerMessage(3301, LogLevel.Warning, "Queue {Chat} is out of reach ({Problem}); searching users wait, retrying.")]
    private partial void LogUnreachable(ChatType chat, string problem);

    [LoggerMessage(3302, LogLevel.Information, "Queue {Chat} is back after {Failures} failed calls.")]
    private partial void LogReachable(ChatType chat, int failures);
}
