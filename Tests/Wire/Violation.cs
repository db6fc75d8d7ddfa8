using System.Globalization;
using System.Text;

namespace Camdiv.Tests.Wire;

/// <summary>Which invariant a violation breaks.</summary>
public enum Invariant
{
    /// <summary>A is told of room R with B exactly when B is told of R with A; exactly one initiator, the smaller id there.</summary>
    Symmetry,

    /// <summary>A user holds at most one of ticket and room, and never meets itself or a blocked user.</summary>
    Exclusivity,

    /// <summary>Nobody is told of a peer that had been gone.</summary>
    Ghost,

    /// <summary>Nothing of one room reaches a client after that room.</summary>
    Stale,

    /// <summary>A connected, searching user is in a pool or in a handshake, always.</summary>
    Stranded,
}

/// <summary>One broken invariant.</summary>
/// <param name="Invariant">Which.</param>
/// <param name="Client">The client that saw it.</param>
/// <param name="At">When it saw it, in microseconds of <see cref="WireClock"/>.</param>
/// <param name="Sentence">What happened, for a reader.</param>
public sealed record Violation(Invariant Invariant, string Client, long At, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Invariant}: {Sentence} ({Client}, at {At / 1e6:f3} s)");
}

/// <summary>Tolerances of the checker: what a network and a busy machine may delay without a rule being broken.</summary>
public sealed record InvariantOptions
{
    /// <summary>How long a peer may have been gone before a match with it counts as a ghost.</summary>
    public TimeSpan GhostTolerance { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a message and a command may be under way past each other.</summary>
    public TimeSpan Crossing { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a searching user may hear nothing, or wait beside another that suits.</summary>
    /// <remarks>Longer than the last-partner cool-down and the patience for interests, which both explain a wait.</remarks>
    public TimeSpan StrandedAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time each side has to acknowledge a match.</summary>
    public TimeSpan Ack { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>When watching ended, in microseconds of <see cref="WireClock"/>; null: at the last event of any log.</summary>
    public long? EndedAt { get; init; }

    /// <summary>Whether every user of the server has a log here, so that an unknown peer is a violation.</summary>
    public bool ClosedWorld { get; init; } = true;
}

/// <summary>What a check found, and over how much it looked.</summary>
public sealed class InvariantReport
{
    /// <summary>Most violations kept in full; the rest is counted.</summary>
    public const int MostKept = 200;

    private readonly List<Violation> _kept = [];
    private readonly long[] _counts = new long[Enum.GetValues<Invariant>().Length];

    /// <summary>Logs read.</summary>
    public int Clients { get; internal set; }

    /// <summary>Rooms somebody was told of.</summary>
    public int Rooms { get; internal set; }

    /// <summary>Times a client was told of a match.</summary>
    public long Matches { get; internal set; }

    /// <summary>Relay frames received.</summary>
    public long Frames { get; internal set; }

    /// <summary>The first violations.</summary>
    public IReadOnlyList<Violation> Violations => _kept;

    /// <summary>All violations.</summary>
    public long Total => _counts.Sum();

    /// <summary>How often an invariant was broken.</summary>
    public long Count(Invariant invariant) => _counts[(int)invariant];

    /// <summary>A paragraph for a test's message or a report.</summary>
    public string Describe(int most = 10)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Total} violations over {Clients} clients, {Rooms} rooms, ");
        text.Append(CultureInfo.InvariantCulture, $"{Matches} matches told, {Frames} frames");
        foreach (var violation in _kept.Take(most))
        {
            text.AppendLine().Append("  ").Append(violation);
        }
        return text.ToString();
    }

    internal void Add(Violation violation)
    {
        _counts[(int)violation.Invariant]++;
        if (_kept.Count < MostKept)
        {
            _kept.Add(violation);
        }
    }
}
