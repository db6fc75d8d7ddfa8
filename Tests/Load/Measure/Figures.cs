namespace Camdiv.Tests.Load.Measure;

/// <summary>What is counted while a run is measured. Lives on the loop's thread.</summary>
public sealed class Figures
{
    /// <summary>Searches begun.</summary>
    public long Starts { get; set; }

    /// <summary>Times a client was told of a match; a match counts twice.</summary>
    public long Told { get; set; }

    /// <summary>Payloads sent to peers.</summary>
    public long FramesSent { get; set; }

    /// <summary>Payloads received from peers.</summary>
    public long FramesReceived { get; set; }

    /// <summary>Connections opened.</summary>
    public long Opened { get; set; }

    /// <summary>Complete cycles of the signaling script: offer, answer, 20 candidates.</summary>
    public long Scripts { get; set; }

    /// <summary>From the intended start to <c>matched</c>, when somebody who suits was waiting; in microseconds.</summary>
    public Histogram MatchWithPartner { get; } = new();

    /// <summary>The same since the last sample, for the course of it over time.</summary>
    public Histogram Recent { get; } = new();

    /// <summary>The same when nobody was waiting.</summary>
    public Histogram MatchAlone { get; } = new();

    /// <summary>How long those who were in the queue had been there when they were matched.</summary>
    public Histogram QueueAge { get; } = new();

    /// <summary>From a payload's intended sending to its arrival at the peer.</summary>
    public Histogram Relay { get; } = new();

    /// <summary>From opening a connection to being known to the server.</summary>
    public Histogram Connect { get; } = new();

    /// <summary>How late the tester's own timers were; part of every latency above.</summary>
    public Histogram TimerLate { get; } = new();

    /// <summary>Errors, unwanted closes and faults beneath the protocol, by what they say.</summary>
    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts an error.</summary>
    public void Error(string what) => Errors[what] = Errors.GetValueOrDefault(what) + 1;

    /// <summary>Forgets what was counted so far; errors stay.</summary>
    public void Restart()
    {
        Starts = Told = FramesSent = FramesReceived = Opened = Scripts = 0;
        foreach (var histogram in new[] { MatchWithPartner, Recent, MatchAlone, QueueAge, Relay, Connect, TimerLate })
        {
            histogram.Clear();
        }
    }
}
