using Camdiv.Matchmaking;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>What one simulation does.</summary>
/// <param name="Seed">Decides everything else that happens.</param>
/// <param name="Hosts">How many gateways; 0 for the embedded engine.</param>
internal sealed record SimulationPlan(int Seed, int Hosts)
{
    /// <summary>People, the most of them connected at any time.</summary>
    public int Users { get; init; } = 2_000;

    /// <summary>Churn goes on, round after round, until so many pairs were told of each other.</summary>
    public int Matches { get; init; } = 10_000;

    /// <summary>Length of one round of churn.</summary>
    public int ChurnMs { get; init; } = 15_000;

    /// <summary>Quiet after each round: longer than a hold, a grace with slack, patience and cooldown together.</summary>
    public int CalmMs { get; init; } = 25_000;

    /// <summary>How likely something happens to a user at an await point of the handshake.</summary>
    public double PokeChance { get; init; } = 0.02;

    /// <summary>How likely a call to a host fails, before and again after being carried out.</summary>
    public double FailureChance { get; init; } = 0.01;

    /// <summary>Short times, so that one round sees every one of them run out.</summary>
    public MatchmakingOptions Options { get; init; } = new()
    {
        PatienceMs = 600,
        CooldownMs = 2_000,
        AckMs = 1_000,
        GraceMs = 4_000,
        AwayNoticeMs = 300,
        AwayFrames = 8,
        UnansweredPauseMs = 50,
    };

    public override string ToString() =>
        $"seed {Seed}, {(Hosts == 0 ? "embedded engine" : $"cluster of {Hosts} host(s)")}";
}
