using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Ice;

namespace Camdiv.Gateway.Telemetry;

/// <summary>Begins the gateway's counters at zero, those by TURN region included.</summary>
internal sealed class GatewayZeroes(GatewayInstruments instruments, IceOptions ice) : IZeroedInstruments
{
    public void Zero()
    {
        instruments.Zero();
        foreach (var region in ice.Regions)
        {
            for (var rank = 1; rank <= Math.Min(RegionChoice.Offered, ice.Regions.Length); rank++)
            {
                instruments.ZeroCredentials(region.Name, rank);
            }
        }
    }
}
