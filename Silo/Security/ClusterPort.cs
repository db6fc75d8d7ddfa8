namespace Camdiv.Silo.Security;

/// <summary>The ports that are the cluster's own.</summary>
internal enum ClusterPort
{
    /// <summary>Among nodes: <c>Silo:SiloPort</c>.</summary>
    Silo,

    /// <summary>For <c>admin</c> commands: <c>Silo:GatewayPort</c>.</summary>
    Client,
}

/// <summary>Why a connection was refused there.</summary>
internal enum RefusalCause
{
    /// <summary>Without TLS, from an address that is not private.</summary>
    Address,

    /// <summary>No TLS handshake with a certificate of the cluster's authority.</summary>
    Certificate,

    /// <summary>Not the admin key, or none where one is asked for.</summary>
    Key,
}
