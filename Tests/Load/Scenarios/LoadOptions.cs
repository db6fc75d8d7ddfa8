namespace Camdiv.Tests.Load.Scenarios;

/// <summary>The size and pace of a run.</summary>
public sealed record LoadOptions
{
    /// <summary>Virtual users; null: what the scenario needs at its rate.</summary>
    public int? Users { get; init; }

    /// <summary>Events a second: searches, matches or frames, as the scenario says.</summary>
    public double Rate { get; init; } = 200;

    /// <summary>Mean time two strangers stay together.</summary>
    public TimeSpan Stay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time before measuring begins.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time in which what is under way at the end may still arrive.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a searching user may hear nothing, or wait beside another that suits.</summary>
    public TimeSpan StrandedAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The first time of a server process, left out of its memory's trend.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of a relay frame's payload.</summary>
    public int PayloadBytes { get; init; } = 1_500;

    /// <summary>As much as the server can do, instead of a rate.</summary>
    public bool Saturate { get; init; }

    /// <summary>How frames at a fixed rate are spread over the users.</summary>
    public SendingPattern Pattern { get; init; }

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;
}
