namespace Camdiv.Grains;

/// <summary>
/// What a silo does, read from the beginning of its name: membership carries names at once to everybody, while silo
/// metadata has to be asked for. A name with neither prefix does both.
/// </summary>
public static class SiloRoles
{
    /// <summary>Name prefix of a silo that only hosts queues and the directory.</summary>
    public const string MatchmakerPrefix = "matchmaker-";

    /// <summary>Name prefix of a silo that only serves browsers.</summary>
    public const string GatewayPrefix = "gateway-";

    /// <summary>Name prefix of a silo that does both.</summary>
    public const string BothPrefix = "silo-";

    /// <summary>Whether a silo of that name serves browsers.</summary>
    public static bool IsGateway(string siloName) => !siloName.StartsWith(MatchmakerPrefix, StringComparison.Ordinal);

    /// <summary>Whether a silo of that name hosts queues and the directory.</summary>
    public static bool IsMatchmaker(string siloName) => !siloName.StartsWith(GatewayPrefix, StringComparison.Ordinal);
}
