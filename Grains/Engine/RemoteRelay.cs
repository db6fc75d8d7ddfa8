using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// A room's frames on their way to a peer at another gateway. Keeps frames (bounded, oldest dropped) while that gateway
/// is lost, and when the peer resumes elsewhere, be it here, sends nothing the new way before the old way has answered
/// for what it has, so that frames stay in order.
/// </summary>
internal sealed class RemoteRelay(
    RoomId room, UserId peer, PeerStream stream, MatchmakingOptions rules, RelayCounters counters) : IRelayTarget
{
    private readonly Lock _gate = new();

    // Frames that came back are older than any that were kept meanwhile.
    private readonly Queue<byte[]> _returned = new();
    private readonly Queue<byte[]> _kept = new();
    private Way _way = new(stream, null);
    private Way? _next;
    private int _underWay;
    private int _keptBytes;
    private bool _holding;

    /// <inheritdoc/>
    public RelayOutcome Accept(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_holding)
            {
                Keep(_kept, frame.ToArray());
                return RelayOutcome.Kept;
            }
            return Send(frame);
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
    public void Undelivered(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            _underWay--;
            _holding = true;
            Keep(_returned, frame.ToArray());
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
        while (_returned.TryDequeue(out var frame) || _kept.TryDequeue(out frame))
        {
            _keptBytes -= frame.Length;
            Send(frame);
        }
    }

    private RelayOutcome Send(ReadOnlySpan<byte> frame)
    {
        if (_way.Here is { } inbox)
        {
            return inbox.Accept(frame);
        }
        if (!_way.Stream!.Send(room, peer, frame, this))
        {
            return RelayOutcome.Stale;
        }
        _underWay++;
        return RelayOutcome.Delivered;
    }

    private void Keep(Queue<byte[]> where, byte[] frame)
    {
        where.Enqueue(frame);
        _keptBytes += frame.Length;
        while (_returned.Count + _kept.Count > rules.AwayFrames || _keptBytes > rules.AwayBytes)
        {
            _keptBytes -= (_returned.Count > 0 ? _returned : _kept).Dequeue().Length;
            counters.CountDropped();
        }
    }

    private readonly record struct Way(PeerStream? Stream, RelayInbox? Here);
}
