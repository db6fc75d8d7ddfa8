namespace Camdiv.Silo.Configuration;

/// <summary>What a node does in the cluster.</summary>
[Flags]
public enum NodeRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Hosts the queues and the user directory.</summary>
    Matchmaker = 1,

    /// <summary>Serves browsers and hosts their sessions.</summary>
    Gateway = 2,

    /// <summary>Both: a cluster of one, or of equals.</summary>
    All = Matchmaker | Gateway,
}

/// <summary>The words for <see cref="NodeRoles"/>.</summary>
public static class NodeRoleWords
{
    /// <summary>The role a configuration names, or null.</summary>
    public static NodeRoles? Read(string word) => word.Trim().ToLowerInvariant() switch
    {
        "matchmaker" => NodeRoles.Matchmaker,
        "gateway" => NodeRoles.Gateway,
        _ => null,
    };

    /// <summary>
    /// What a silo's name begins with. The membership carries names, so that every silo knows every other one's roles
    /// without asking.
    /// </summary>
    public static string Prefix(this NodeRoles roles) => roles switch
    {
        NodeRoles.Matchmaker => "matchmaker-",
        NodeRoles.Gateway => "gateway-",
        _ => "silo-",
    };
}
