namespace Camdiv.Gateway.Connections.Metering;

/// <summary>
/// How much one connection may have done for it on a thread that came by: a thread that completes sockets serves many of
/// them, and a client whose bytes never run out would keep it. Not thread-safe; one reader's.
/// </summary>
internal struct ThreadTurn
{
    /// <summary>Units of work in a turn: a frame, a read or a KiB each.</summary>
    public const int MostUnits = 64;

    // Waiting for bytes need not give a thread back, for the next ones may be there already; time does.
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(10);

    private long _begun;
    private int _units;

    /// <summary>Whether the rest must wait for the thread pool.</summary>
    public readonly bool IsOver => _units >= MostUnits;

    /// <summary>Counts work that is about to be done.</summary>
    public void Add(int units) => _units += units;

    /// <summary>Begins a turn when the last one began long enough ago.</summary>
    public void Look(TimeProvider time, long now)
    {
        if (_units > 0 && time.GetElapsedTime(_begun, now) >= Window)
        {
            _units = 0;
        }
        if (_units == 0)
        {
            _begun = now;
        }
    }

    /// <summary>Begins a turn on another thread.</summary>
    public void Begin(long now)
    {
        _begun = now;
        _units = 0;
    }
}
