namespace Camdiv.Gateway.Connections;

/// <summary>
/// Holds back the write that relaying a frame would begin while the sender's next frames are at hand, so that frames that
/// came together leave together. Whoever holds must release before it waits for anything. One reader's.
/// </summary>
internal struct WriteHold(int maxFrames, int maxBytes)
{
    // Enough to save most system calls, and far from what a queue may hold.
    private const int MostFrames = 16;
    private const int MostBytes = 16 * 1024;

    [ThreadStatic]
    private static bool _open;

    [ThreadStatic]
    private static OutboundQueue? _held;

    private readonly short _mostFrames = (short)Math.Min(MostFrames, maxFrames / 2);
    private readonly short _mostBytes = (short)Math.Min(MostBytes, maxBytes / 4);
    private OutboundQueue? _queue;
    private short _frames;
    private short _bytes;

    /// <summary>Called by a queue that is about to write.</summary>
    /// <returns>True when the caller of <see cref="Begin"/> will have it written.</returns>
    public static bool TryHold(OutboundQueue queue)
    {
        if (!_open || _held is not null)
        {
            return false;
        }
        _held = queue;
        return true;
    }

    /// <summary>From here to <see cref="End"/>, on one thread, a write that begins is held.</summary>
    /// <param name="bytes">Size of the frame that is about to be relayed.</param>
    public void Begin(int bytes)
    {
        if (_queue is not null && (_frames >= _mostFrames || _bytes + bytes > _mostBytes))
        {
            Release();
        }
        _frames++;
        _bytes = (short)Math.Min(_bytes + bytes, _mostBytes);
        _open = true;
    }

    /// <summary>Ends what <see cref="Begin"/> began.</summary>
    public void End()
    {
        var held = _held;
        _open = false;
        _held = null;
        if (held is not null)
        {
            _queue?.WriteHeld();
            _queue = held;
        }
    }

    /// <summary>Lets what is held be written, on this thread.</summary>
    public void Release()
    {
        var queue = _queue;
        _queue = null;
        _frames = _bytes = 0;
        queue?.WriteHeld();
    }
}
