namespace Camdiv.Matchmaking;

/// <summary>How pairing attempts ended. Thread-safe; read by telemetry.</summary>
public sealed class PairingCounters
{
    private long _matched;
    private long _checkFailed;
    private long _recheckFailed;
    private long _hostFailures;

    /// <summary>Pairs told of each other.</summary>
    public long Matched => Interlocked.Read(ref _matched);

    /// <summary>Ghosts avoided by the first check or refused by the commit.</summary>
    public long CheckFailed => Interlocked.Read(ref _checkFailed);

    /// <summary>Ghosts avoided by the second check.</summary>
    public long RecheckFailed => Interlocked.Read(ref _recheckFailed);

    /// <summary>Calls to a host that failed.</summary>
    public long HostFailures => Interlocked.Read(ref _hostFailures);

    internal void Count(bool held, bool told)
    {
        if (told)
        {
            Interlocked.Increment(ref _matched);
        }
        else if (held)
        {
            Interlocked.Increment(ref _recheckFailed);
        }
        else
        {
            Interlocked.Increment(ref _checkFailed);
        }
    }

    internal void HostFailed() => Interlocked.Increment(ref _hostFailures);
}
