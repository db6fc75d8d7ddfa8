using System.Runtime.CompilerServices;
using Camdiv.Gateway.Configuration;

namespace Camdiv.Gateway.Connections.Metering;

/// <summary>
/// What one client sends, as it is on the wire: every frame (fragments, pings and pongs too) and every byte takes from a
/// token bucket, and work is done in turns. The framing asks it before and after each read. One reader's, but for
/// <see cref="Slow"/>.
/// </summary>
internal sealed class InputMeter
{
    /// <summary>
    /// Wire frames for each data frame of the budget: a client may fragment its messages and ping between them.
    /// </summary>
    public const int WireFramesPerFrame = 4;

    /// <summary>
    /// Bytes that a read counts for at least: one of a single byte costs as much as one of a thousand, and the client
    /// chooses how it cuts its bytes into segments.
    /// </summary>
    public const int LeastReadBytes = 256;

    // A client that closes in order is done in one or two reads; what a flood may still cost is 20 reads a second.
    private static readonly TimeSpan SlowPace = TimeSpan.FromMilliseconds(50);

    private readonly GatewayLimits _limits;
    private readonly TimeProvider _time;
    private double _frames;
    private double _bytes;
    private long _last;
    private ThreadTurn _turn;
    private bool _exceeded;
    private volatile bool _slow;

    /// <summary>Creates a meter with full buckets.</summary>
    public InputMeter(GatewayLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _frames = FrameBurst;
        _bytes = limits.ByteBurst;
        _last = time.GetTimestamp();
    }

    /// <summary>Who is told when the client sends too much.</summary>
    public IInputWatch? Watch { get; set; }

    /// <summary>Whether the thread must be given back before anything more is handled: <see cref="YieldAsync"/>.</summary>
    public bool MustYield => _turn.IsOver;

    /// <summary>Whether the next read must wait: <see cref="PaceAsync"/>.</summary>
    public bool IsSlow => _slow;

    private double FrameBurst => (double)_limits.FrameBurst * WireFramesPerFrame;

    /// <summary>
    /// From now on the connection is only read to its end, a read every 50 ms and nothing counted. Thread-safe.
    /// </summary>
    public void Slow() => _slow = true;

    /// <summary>Counts a read.</summary>
    /// <param name="bytes">What came.</param>
    /// <returns>The present timestamp.</returns>
    public long Read(int bytes)
    {
        var now = _time.GetTimestamp();
        _turn.Look(_time, now);
        _turn.Add(1 + (bytes >> 10));
        if (_slow)
        {
            return now;
        }
        var seconds = _time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;
        _frames = Math.Min(FrameBurst, _frames + (seconds * _limits.FramesPerSecond * WireFramesPerFrame));
        _bytes = Math.Min(_limits.ByteBurst, _bytes + (seconds * _limits.BytesPerSecond)) - Math.Max(bytes, LeastReadBytes);
        if (_bytes < 0)
        {
            Exceed("bytes");
        }
        return now;
    }

    /// <summary>Counts frames of the last read.</summary>
    public void Frames(int count)
    {
        _turn.Add(count);
        if (!_slow && (_frames -= count) < 0)
        {
            Exceed("frames");
        }
    }

    /// <summary>Goes on in a new turn on the thread pool, behind what waits there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask YieldAsync()
    {
        await Task.Yield();
        _turn.Begin(_time.GetTimestamp());
    }

    /// <summary>Goes on when the next slow read is due.</summary>
    public async ValueTask PaceAsync()
    {
        await Task.Delay(SlowPace, _time).ConfigureAwait(false);
        _turn.Begin(_time.GetTimestamp());
    }

    private void Exceed(string what)
    {
        if (!_exceeded)
        {
            _exceeded = true;
            _slow = true;
            Watch?.OnExceeded(what);
        }
    }
}
