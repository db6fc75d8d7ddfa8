using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>A gateway's host id is its silo's address with the generation: a restarted gateway is another host.</summary>
public static class HostIds
{
    /// <summary>The host id of a silo.</summary>
    public static HostId Of(SiloAddress silo) => new(silo.ToParsableString());

    /// <summary>The silo of a host id.</summary>
    /// <returns>False when the text is not a silo address.</returns>
    public static bool TryGetSilo(HostId host, out SiloAddress silo)
    {
        try
        {
            silo = SiloAddress.FromParsableString(host.Value);
            return true;
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            silo = SiloAddress.Zero;
            return false;
        }
    }
}
