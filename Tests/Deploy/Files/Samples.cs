namespace Camdiv.Tests.Deploy.Files;

/// <summary>What every sample of the cluster sets.</summary>
internal static class Samples
{
    /// <summary>The keys that have nodes talk to each other and to Redis by TLS, as environment variables.</summary>
    public static readonly string[] TlsKeys =
        ["Redis__ConnectionString", "Redis__Authority", "Silo__Tls__Certificate", "Silo__Tls__Key", "Silo__Tls__Authority"];
}
