using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Drivers;

/// <summary>Drives the product by its wire protocol.</summary>
/// <param name="loop">What the clients run on.</param>
/// <param name="endpoints">Its gateways: clients spread over them, and go to the next when one fails.</param>
/// <param name="name">What it is called in reports.</param>
public sealed class CamdivDriver(LoadLoop loop, IReadOnlyList<Endpoint> endpoints, string name = "product") : ILoadDriver
{
    private int _created;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool RelayOnly => false;

    /// <inheritdoc/>
    public ILoadClient Create(ILoadEvents events, ClientLog log) => new CamdivClient(loop, endpoints, _created++, events, log);
}
