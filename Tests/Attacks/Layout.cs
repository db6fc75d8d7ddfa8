namespace Camdiv.Tests.Attacks;

/// <summary>What is attacked.</summary>
public enum Layout
{
    /// <summary>One gateway process with the embedded engine.</summary>
    OneProcess,

    /// <summary>Two matchmakers, two gateways and Redis; attackers at one gateway, others at both.</summary>
    Cluster,
}
