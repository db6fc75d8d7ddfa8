namespace Camdiv.Tests.Kit.Attacks;

/// <summary>How a ghost treats whom it is matched with.</summary>
public enum GhostKind
{
    /// <summary>Never acknowledges a match.</summary>
    Silent,

    /// <summary>Acknowledges every match and says nothing.</summary>
    Mute,
}
