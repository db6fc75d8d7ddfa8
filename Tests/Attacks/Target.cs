using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;

namespace Camdiv.Tests.Attacks;

/// <summary>Real processes to attack.</summary>
public static class Target
{
    /// <summary>Starts them, with the product's own bound on connections of one address.</summary>
    public static async Task<ISystemUnderTest> StartAsync(Layout layout, SystemSettings? settings = null)
    {
        settings ??= SystemSettings.Default;
        if (layout == Layout.OneProcess)
        {
            return await GatewayProcess.StartAsync(settings);
        }
        Tools.Require("redis-server", "redis-server");
        return await RealCluster.StartAsync(settings.Values.ContainsKey(PerAddress) ? settings : settings.With(PerAddress, 100));
    }

    private const string PerAddress = "Gateway:Limits:ConnectionsPerAddress";
}
