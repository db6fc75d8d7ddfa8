namespace Camdiv.Gateway.Sessions;

/// <summary>What a presented session token is worth.</summary>
public enum TokenVerdict : byte
{
    /// <summary>It proves its identity.</summary>
    Valid,

    /// <summary>None was presented.</summary>
    Missing,

    /// <summary>No key of this installation signed it.</summary>
    Malformed,

    /// <summary>It was valid once.</summary>
    Expired,

    /// <summary>A later one of its identity was presented before, or the identity was ended.</summary>
    Superseded,
}
