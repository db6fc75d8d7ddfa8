using Camdiv.Matchmaking;

namespace Camdiv.Grains;

/// <summary>
/// The session host of this process, if it has the gateway role. Grains on the same silo call it directly: it is
/// thread-safe and never waits, so a message to oneself would only cost.
/// </summary>
public sealed class LocalGateway
{
    private volatile SessionHost? _host;

    /// <summary>The host once the gateway role has started.</summary>
    public SessionHost? Host
    {
        get => _host;
        internal set => _host = value;
    }
}
