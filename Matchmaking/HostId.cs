namespace Camdiv.Matchmaking;

/// <summary>The gateway process that hosts a user's session. One constant value in the embedded engine.</summary>
public readonly record struct HostId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
