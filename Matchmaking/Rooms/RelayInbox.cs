namespace Camdiv.Matchmaking;

/// <summary>
/// One member's end of one room: passes frames to the member's link once it has been told of the room, keeps them
/// (bounded, oldest dropped) before that and while it is away, and takes nothing once the room is over for it, so that
/// no frame of one room can follow another room's <c>matched</c>.
/// </summary>
public sealed class RelayInbox : IRelayTarget
{
    // Held across DeliverFrame, which only queues and never calls back: that is what orders frames against the room's end.
    private readonly Lock _gate = new();
    private readonly int _maxFrames;
    private readonly int _maxBytes;
    private readonly RelayCounters _counters;
    private readonly AddressPrefix _owner;
    private Queue<byte[]>? _kept;
    private int _keptBytes;
    private IClientLink? _link;
    private bool _closed;
    private bool _taken;
    private long _heard;

    /// <summary>Creates an inbox that keeps frames until it is opened.</summary>
    /// <param name="room">The room.</param>
    /// <param name="maxFrames">Most frames kept.</param>
    /// <param name="maxBytes">Most bytes kept.</param>
    /// <param name="counters">What is kept, and what could not be, over all inboxes.</param>
    /// <param name="owner">The member's network.</param>
    public RelayInbox(RoomId room, int maxFrames, int maxBytes, RelayCounters counters, AddressPrefix owner = default)
    {
        Room = room;
        _maxFrames = maxFrames;
        _maxBytes = maxBytes;
        _counters = counters;
        _owner = owner;
    }

    /// <summary>The room whose frames this takes.</summary>
    public RoomId Room { get; }

    /// <summary>The greatest number taken.</summary>
    public long Heard
    {
        get
        {
            lock (_gate)
            {
                return _heard;
            }
        }
    }

    /// <summary>Whether the peer has sent anything.</summary>
    public bool HasTaken => Volatile.Read(ref _taken);

    /// <inheritdoc/>
    public RelayOutcome Accept(ReadOnlySpan<byte> frame) => Accept(frame, 0);

    /// <summary>
    /// Takes one numbered frame, unless it or a later one has been taken: a gateway may have passed it on without being
    /// able to say so, and its sender then sends it again another way. Numbers grow; 0 is none.
    /// </summary>
    public RelayOutcome Accept(ReadOnlySpan<byte> frame, long number)
    {
        lock (_gate)
        {
            if (number > 0)
            {
                if (number <= _heard)
                {
                    return RelayOutcome.Delivered;
                }
                _heard = _closed ? _heard : number;
            }
            if (_closed)
            {
                return RelayOutcome.Stale;
            }
            _taken = true;
            if (_link is not null && _link.DeliverFrame(frame))
            {
                return RelayOutcome.Delivered;
            }
            // A link that refuses is closing; its owner is about to be away, and these frames with it.
            _link = null;
            Keep(frame.ToArray());
            return RelayOutcome.Kept;
        }
    }

    /// <summary>Delivers what was kept, in order, then passes frames through to <paramref name="link"/>.</summary>
    public void Open(IClientLink link)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }
            while (_kept is { Count: > 0 } kept)
            {
                if (!link.DeliverFrame(kept.Peek()))
                {
                    return;
                }
                Forget(kept);
            }
            _link = link;
        }
    }

    /// <summary>Keeps frames from now on: the member is away.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _link = null;
        }
    }

    /// <summary>Ends the room for this member; what is kept is dropped.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _link = null;
            _kept = null;
            _counters.Kept.Release(_owner, _keptBytes);
            _keptBytes = 0;
        }
    }

    /// <summary>Takes out the kept frames, oldest first, and closes: for a session that moves to another gateway.</summary>
    public byte[][] CloseAndTake()
    {
        lock (_gate)
        {
            var kept = _kept?.ToArray() ?? [];
            Close();
            return kept;
        }
    }

    /// <summary>Puts frames taken from another inbox before all others; call before the inbox is used.</summary>
    /// <param name="frames">The frames.</param>
    /// <param name="heard">The other inbox's <see cref="Heard"/>.</param>
    public void Preload(IEnumerable<byte[]> frames, long heard)
    {
        lock (_gate)
        {
            _heard = Math.Max(_heard, heard);
            foreach (var frame in frames)
            {
                Keep(frame);
            }
        }
    }

    private void Keep(byte[] frame)
    {
        if (_closed)
        {
            return;
        }
        _kept ??= new Queue<byte[]>();
        while (_kept.Count > 0 && (_kept.Count >= _maxFrames || _keptBytes + frame.Length > _maxBytes))
        {
            Forget(_kept);
            _counters.CountDropped();
        }
        if (_maxFrames == 0 || frame.Length > _maxBytes)
        {
            _counters.CountDropped();
            return;
        }
        // Where the process has no room either, the room's own oldest make way, as at its own bound.
        while (!_counters.Kept.TryTake(_owner, frame.Length))
        {
            _counters.CountRefused();
            if (_kept.Count == 0)
            {
                return;
            }
            Forget(_kept);
        }
        _kept.Enqueue(frame);
        _keptBytes += frame.Length;
    }

    private void Forget(Queue<byte[]> kept)
    {
        var bytes = kept.Dequeue().Length;
        _keptBytes -= bytes;
        _counters.Kept.Release(_owner, bytes);
    }
}

/// <summary>What inboxes keep, and what they could not keep. Thread-safe.</summary>
/// <param name="mostKeptBytes">Most bytes kept over all of them.</param>
public sealed class RelayCounters(long mostKeptBytes = long.MaxValue)
{
    private long _dropped;
    private long _refused;

    /// <summary>The bytes kept over all inboxes.</summary>
    public KeptFrames Kept { get; } = new(mostKeptBytes);

    /// <summary>Frames dropped, oldest first, because an away member's bound was reached.</summary>
    public long AwayDropped => Interlocked.Read(ref _dropped);

    /// <summary>Frames dropped, a room's oldest first, because all inboxes together, or those of one network, reached their bound.</summary>
    public long KeptRefused => Interlocked.Read(ref _refused);

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts one frame dropped.</summary>
    public void CountDropped() => Interlocked.Increment(ref _dropped);
}
