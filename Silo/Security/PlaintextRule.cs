using System.Net;
using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Configuration;

namespace Camdiv.Silo.Security;

/// <summary>Where a node may listen without TLS.</summary>
internal static class PlaintextRule
{
    /// <summary>
    /// Without <see cref="NodeOptions.Tls"/>, a node that would listen on an address that is not private is a mistake unless
    /// <see cref="NodeOptions.AllowPlaintext"/> says so; on a private one that is not loopback, a warning.
    /// </summary>
    public static void Check(SiloSettings settings, IPAddress address, ConfigurationReport report)
    {
        var node = settings.Node;
        if (node.Tls.IsConfigured)
        {
            return;
        }
        var everywhere = node.ListenOnAnyAddress && settings.Redis.IsConfigured;
        var where = everywhere ? "every address of this machine" : $"{address}";
        if ((everywhere || !PrivateNetwork.Contains(address)) && !node.AllowPlaintext)
        {
            report.Add(NodeOptions.Section, [(nameof(NodeOptions.Tls), $"must be configured, for this node would listen on {where}, "
                + $"which is not a private one, and whoever reaches it could do everything; {NodeOptions.Section}:{nameof(NodeOptions.AllowPlaintext)}=true has it do so all the same")]);
        }
        else if (everywhere || !PrivateNetwork.IsLoopback(address))
        {
            report.Warn($"{NodeOptions.Section}:{nameof(NodeOptions.Tls)}",
                $"is not configured, so nodes talk in plain text on {where} and whoever reaches port {node.SiloPort} there can do everything");
        }
    }
}
