using Camdiv.Gateway.Lifecycle;
using Camdiv.Grains;

namespace Camdiv.Silo.Hosting;

/// <summary>Lets the cluster send this gateway's clients elsewhere, as <c>admin drain</c> asks.</summary>
internal sealed class GatewayDrain(GatewayLifecycle lifecycle) : IGatewayDrain
{
    public bool IsDraining => lifecycle.IsDraining;

    // Not awaited: clients take seconds to go, and who asked is a grain call with a shorter patience.
    public void Begin() => _ = lifecycle.DrainAsync();
}
