using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// A room's frames on their way to a peer at another gateway. Keeps frames (bounded, oldest dropped) while that gateway
/// is lost, and when the peer resumes elsewhere sends nothing the new way before the old way has answered for what it
/// has, so that frames stay in order.
/// </summary>
internal sealed class RemoteRelay(
    RoomId room, UserId peer, PeerStream stream, MatchmakingOptions rules, RelayCounters counters) : IRelayTarget
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _kept = new();
    private PeerStream _stream = stream;
    private PeerStream? _next;
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
                Keep(frame.ToArray());
                return RelayOutcome.Kept;
            }
            _underWay++;
            if (_stream.Send(room, peer, frame, this))
            {
                return RelayOutcome.Delivered;
            }
            _underWay--;
            return RelayOutcome.Stale;
        }
    }

    /// <summary>The peer is at another gateway now.</summary>
    public void Redirect(PeerStream stream)
    {
        lock (_gate)
        {
            _next = stream;
            _holding = true;
            SwitchWhenIdle();
        }
    }

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
            Keep(frame.ToArray());
            SwitchWhenIdle();
        }
    }

    private void SwitchWhenIdle()
    {
        if (_next is not { } next || _underWay > 0)
        {
            return;
        }
        _stream = next;
        _next = null;
        _holding = false;
        while (_kept.TryDequeue(out var frame))
        {
            _keptBytes -= frame.Length;
            if (next.Send(room, peer, frame, this))
            {
                _underWay++;
            }
        }
    }

    private void Keep(byte[] frame)
    {
        _kept.Enqueue(frame);
        _keptBytes += frame.Length;
        while (_kept.Count > rules.AwayFrames || _keptBytes > rules.AwayBytes)
        {
            _keptBytes -= _kept.Dequeue().Length;
            counters.CountDropped();
        }
    }
}
