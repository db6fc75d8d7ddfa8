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
    public static ILoadDriver Driver(this ServerKind kind, LoadLoop loop, Endpoint endpoint) => kind switch
    {
        ServerKind.Product => new CamdivDriver(loop, endpoint),
        ServerKind.Baseline => new SocketIoDriver(loop, endpoint),
        _ => new LimitDriver(loop, endpoint),
    };
}
