using Camdiv.Matchmaking;

namespace Camdiv.Tests.Kit.Conformance;

/// <summary>An engine as the conformance suite sees it: ways in, numbers, and its time.</summary>
public interface IEngineUnderTest : IAsyncDisposable
{
    /// <summary>One or more ways into the same engine, one per gateway; the suite spreads its people over them.</summary>
    IReadOnlyList<IMatchmaker> Gateways { get; }

    /// <summary>The numbers the engine runs with.</summary>
    MatchmakingOptions Options { get; }

    /// <summary>What was reported so far.</summary>
    IReadOnlyCollection<Report> Reports { get; }

    /// <summary>How much later than its time something may happen.</summary>
    TimeSpan Slack { get; }

    /// <summary>Lets time pass for the engine.</summary>
    ValueTask PassAsync(TimeSpan time);

    /// <summary>Returns when all that was asked for so far has taken effect everywhere.</summary>
    ValueTask SettleAsync();
}
