using Camdiv.Tests.Load.Io;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Load.Drivers;

/// <summary>Drives the product by its wire protocol.</summary>
public sealed class CamdivDriver(LoadLoop loop, Endpoint endpoint, string name = "product") : ILoadDriver
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool RelayOnly => false;

    /// <inheritdoc/>
    public ILoadClient Create(ILoadEvents events, ClientLog log) => new CamdivClient(loop, endpoint, events, log);
}
