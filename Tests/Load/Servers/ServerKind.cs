using Camdiv.Tests.Load.Drivers;
using Camdiv.Tests.Load.Io;

namespace Camdiv.Tests.Load.Servers;

/// <summary>What the tester can start itself, and how each is driven.</summary>
public enum ServerKind
{
    /// <summary>The gateway with the embedded engine.</summary>
    Product,

    /// <summary>One Node process with Socket.IO.</summary>
    Baseline,

    /// <summary>A bare WebSocket relay on Kestrel.</summary>
    Limit,
}

/// <summary>Drivers for the kinds of servers.</summary>
public static class ServerKinds
{
    /// <summary>The driver that speaks a server's protocol.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="loop">What the clients run on.</param>
    /// <param name="endpoints">Where it listens; only the product does in more than one place.</param>
    public static ILoadDriver Driver(this ServerKind kind, LoadLoop loop, IReadOnlyList<Endpoint> endpoints) => kind switch
    {
        ServerKind.Product => new CamdivDriver(loop, endpoints),
        ServerKind.Baseline => new SocketIoDriver(loop, endpoints[0]),
        _ => new LimitDriver(loop, endpoints[0]),
    };
}
