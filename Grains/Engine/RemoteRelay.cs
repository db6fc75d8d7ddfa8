using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// A room's frames on their way to a peer at another gateway. Keeps frames (bounded, oldest dropped) while that gateway
/// is lost, and when the peer resumes elsewhere, be it here, sends nothing the new way before the old way has answered
/// for what it has, so that frames stay in order. Numbers the frames, as one whose answer was lost may be sent again.
/// </summary>
internal sealed class RemoteRelay(
    RoomId room, UserId peer, PeerStream stream, long sent, MatchmakingOptions rules, RelayCounters counters) : IRemoteRoute
{
    private readonly Lock _gate = new();

    // Frames that came back are older than any that were kept meanwhile.
    private readonly Queue<(long Number, byte[] Frame)> _returned = new();
    private readonly Queue<(long Number, byte[] Frame)> _kept = new();
    private Way _way = new(stream, null);
    private Way? _next;
    private int _underWay;
    private int _keptBytes;
    private bool _holding;
    private bool _closed;
    private long _sent = sent;

    /// <inheritdoc/>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _underWay == 0;
            }
        }
    }

    /// <inheritdoc/>
    public RelayOutcome Accept(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return RelayOutcome.Stale;
            }
            if (_holding)
            {
                Keep(_kept, 0, frame.ToArray());
                return RelayOutcome.Kept;
            }
            return Send(0, frame);
        }
    }

    /// <inheritdoc/>
    public (byte[][] Unsent, long Sent) CloseAndTake()
    {
        lock (_gate)
        {
            _closed = true;
            byte[][] unsent = [.. _returned.Concat(_kept).Select(kept => kept.Frame)];
            _returned.Clear();
            _kept.Clear();
            return (unsent, _sent);
        }
    }

    /// <summary>The peer is at another gateway now.</summary>
    public void Redirect(PeerStream stream) => Redirect(new Way(stream, null));

    /// <summary>The peer is here now.</summary>
    public void Redirect(RelayInbox inbox) => Redirect(new Way(null, inbox));

    /// <summary>A frame has been answered for.</summary>
    public void Delivered()
    {
        lock (_gate)
        {
            _underWay--;
            SwitchWhenIdle();
        }
    }

    /// <summary>A frame's gateway is gone; it waits here for the peer to resume elsewhere.</summary>
    public void Undelivered(long number, ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            _underWay--;
            if (_closed)
            {
                counters.CountDropped();
                return;
            }
            _holding = true;
            Keep(_returned, number, frame.ToArray());
            SwitchWhenIdle();
        }
    }

    private void Redirect(Way way)
    {
        lock (_gate)
        {
            if (_next is null && !_holding && way == _way)
            {
                return;
            }
            _next = way;
            _holding = true;
            SwitchWhenIdle();
        }
    }

    private void SwitchWhenIdle()
    {
        if (_next is not { } next || _underWay > 0)
        {
            return;
        }
        _way = next;
        _next = null;
        _holding = false;
        while (_returned.TryDequeue(out var kept) || _kept.TryDequeue(out kept))
        {
            _keptBytes -= kept.Frame.Length;
            Send(kept.Number, kept.Frame);
        }
    }

    // A frame that is sent again keeps its number.
    private RelayOutcome Send(long number, ReadOnlySpan<byte> frame)
    {
        if (number == 0)
        {
            number = ++_sent;
        }
        if (_way.Here is { } inbox)
        {
            return inbox.Accept(frame, number);
        }
        if (!_way.Stream!.Send(room, peer, number, hops: 0, frame, this))
        {
            return RelayOutcome.Stale;
        }
        _underWay++;
        return RelayOutcome.Delivered;
    }

    private void Keep(Queue<(long Number, byte[] Frame)> where, long number, byte[] frame)
    {
        where.Enqueue((number, frame));
        _keptBytes += frame.Length;
        while (_returned.Count + _kept.Count > rules.AwayFrames || _keptBytes > rules.AwayBytes)
        {
            _keptBytes -= (_returned.Count > 0 ? _returned : _kept).Dequeue().Frame.Length;
            counters.CountDropped();
        }
    }

    private readonly record struct Way(PeerStream? Stream, RelayInbox? Here);
}
