using System.Buffers;
using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// The one ordered way to another gateway for frames and member updates. One numbered batch is under way at a time and
/// is repeated until it is answered or the gateway is declared dead; what comes meanwhile is the next batch.
/// </summary>
internal sealed class PeerStream(
    HostId from,
    HostId to,
    GatewayServiceClient gateways,
    ClusterOptions options,
    ClusterInstruments instruments,
    TimeProvider time,
    Action<MemberUpdate> undelivered)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private Pending _pending = new();
    private Pending _spare = new();
    private TaskCompletionSource? _drained;
    private long _number;
    private bool _sending;

    public HostId To { get; } = to;

    /// <summary>Queues a frame.</summary>
    /// <param name="room">The room.</param>
    /// <param name="user">Whom it is for.</param>
    /// <param name="number">Its number; see <see cref="RelayInbox.Accept(ReadOnlySpan{byte}, long)"/>.</param>
    /// <param name="hops">How many gateways have passed it on.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="sender">Told of the outcome; null when nobody keeps undelivered frames.</param>
    /// <returns>False when the bound is reached; the frame is dropped and counted.</returns>
    public bool Send(RoomId room, UserId user, long number, byte hops, ReadOnlySpan<byte> frame, RemoteRelay? sender)
    {
        lock (_gate)
        {
            if (_pending.Items.WrittenCount + frame.Length > options.PeerQueueBytes)
            {
                instruments.PeerFrameDropped();
                return false;
            }
            PeerItems.WriteFrame(_pending.Items, room, user, number, hops, frame);
            _pending.Senders.Add(sender);
            if (_sending)
            {
                return true;
            }
            _sending = true;
        }
        Start();
        return true;
    }

    /// <summary>Queues a member update; never dropped, as there is at most a handful per room.</summary>
    public void Send(MemberUpdate update)
    {
        lock (_gate)
        {
            PeerItems.WriteUpdate(_pending.Items);
            _pending.Updates.Add(update);
            if (_sending)
            {
                return;
            }
            _sending = true;
        }
        Start();
    }

    /// <summary>Completes at the next moment at which everything queued has been answered or given up.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
        {
            return _sending
                ? (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    private void Start() => _ = SendAllAsync();

    private async Task SendAllAsync()
    {
        while (true)
        {
            Pending batch;
            TaskCompletionSource? drained = null;
            lock (_gate)
            {
                if (_pending.Items.WrittenCount == 0)
                {
                    _sending = false;
                    (drained, _drained) = (_drained, null);
                    batch = null!;
                }
                else
                {
                    (batch, _pending) = (_pending, _spare);
                }
            }
            if (batch is null)
            {
                drained?.TrySetResult();
                return;
            }
            var delivered = await SendBatchAsync(batch).ConfigureAwait(false);
            Settle(batch, delivered);
            batch.Clear();
            _spare = batch;
        }
    }

    private async Task<bool> SendBatchAsync(Pending pending)
    {
        var batch = new PeerBatch
        {
            From = from,
            Number = ++_number,
            Items = pending.Items.WrittenSpan.ToArray(),
            Updates = [.. pending.Updates],
        };
        instruments.PeerBatchSent(pending.Senders.Count);
        while (gateways.Find(To) is { } service)
        {
            try
            {
                await service.DeliverAsync(batch).ConfigureAwait(false);
                return true;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Whether it arrived is unknown; its number makes the repetition harmless.
                instruments.Retried("deliver");
                await Task.Delay(RetryDelay, time).ConfigureAwait(false);
            }
        }
        return false;
    }

    private void Settle(Pending batch, bool delivered)
    {
        if (delivered)
        {
            foreach (var sender in batch.Senders)
            {
                sender?.Delivered();
            }
            return;
        }
        var items = batch.Items.WrittenSpan;
        var (frame, update) = (0, 0);
        while (PeerItems.TryRead(ref items, out var isUpdate, out _, out _, out var number, out _, out var bytes))
        {
            if (isUpdate)
            {
                undelivered(batch.Updates[update++]);
            }
            else
            {
                batch.Senders[frame++]?.Undelivered(number, bytes);
            }
        }
    }

    private sealed class Pending
    {
        public readonly ArrayBufferWriter<byte> Items = new(4096);
        public readonly List<RemoteRelay?> Senders = [];
        public readonly List<MemberUpdate> Updates = [];

        public void Clear()
        {
            Items.ResetWrittenCount();
            Senders.Clear();
            Updates.Clear();
        }
    }
}
