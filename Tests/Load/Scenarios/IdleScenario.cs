namespace Camdiv.Tests.Load.Scenarios;

/// <summary>Connections and nothing else: what an open page costs.</summary>
public sealed class IdleScenario : Scenario
{
    /// <inheritdoc/>
    public override string Name => "idle";

    /// <inheritdoc/>
    public override string Description => "Connections only; rate has no part in it.";

    /// <inheritdoc/>
    public override bool RelayOnly => true;

    /// <inheritdoc/>
    public override int UsersFor(LoadOptions options) => 10_000;

    /// <inheritdoc/>
    public override void Begin(LoadRun run)
    {
    }
}
