using System.Net;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Http;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Connections.Accepting;

/// <summary>
/// Decides at acceptance which sockets stay. One that says nothing costs a descriptor all the same, so an address has a
/// share of those that are no WebSockets (yet), and the last places are for addresses that hold few: whoever comes first
/// cannot keep others, or a health probe, out. Trusted proxies speak for many and bound those themselves.
/// </summary>
internal sealed partial class SocketAdmission
{
    // A browser opens six at once for a page.
    internal const int Few = 8;

    // However many are configured: no address may hold a larger part of all sockets there is room for.
    private const int ShareOfRoom = 4;

    private readonly SemaphoreSlim? _room;
    private readonly int _lastPlaces;
    private readonly int _share;
    private readonly AddressLimiter _pending;
    private readonly TrustedProxies _proxies;
    private readonly AddressPrefixes _prefixes;
    private readonly GatewayInstruments _instruments;
    private readonly ILogger _logger;
    private int _told;

    public SocketAdmission(
        ConnectionBound bound,
        GatewayLimits limits,
        TrustedProxies proxies,
        AddressPrefixes prefixes,
        GatewayInstruments instruments,
        ILogger<SocketAdmission> logger)
    {
        _share = bound.Held is { } most ? Math.Min(limits.PendingPerAddress, Math.Max(1, most / ShareOfRoom)) : limits.PendingPerAddress;
        _room = bound.Held is { } held ? new(held, held) : null;
        _lastPlaces = bound.LastPlaces;
        _pending = new(_share);
        _proxies = proxies;
        _prefixes = prefixes;
        _instruments = instruments;
        _logger = logger;
    }

    /// <summary>Takes room for a socket to come; give it back by its <see cref="SocketPlace"/>, or if none comes.</summary>
    public Task RoomAsync(CancellationToken cancellation) => _room?.WaitAsync(cancellation) ?? Task.CompletedTask;

    /// <summary>Gives back what <see cref="RoomAsync"/> took.</summary>
    public void GiveRoomBack() => _room?.Release();

    /// <summary>Gives back an address's share.</summary>
    public void LeavePending(AddressPrefix from) => _pending.Leave(from);

    /// <summary>Judges a socket for which room was taken.</summary>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="isAdmitted">Whether it may stay.</param>
    /// <returns>What it holds until it is closed, even if it may not stay.</returns>
    public SocketPlace Admit(EndPoint? remote, out bool isAdmitted)
    {
        var from = remote is IPEndPoint { Address: var address } && !_proxies.Contains(address) ? _prefixes.Of(address) : default;
        isAdmitted = from.IsNone || _pending.TryEnter(from, IsScarce ? Math.Min(Few, _share) : _share);
        if (isAdmitted)
        {
            return new SocketPlace(this, from);
        }
        _instruments.RateLimited("sockets");
        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
            LogShare(_logger, _share);
        }
        return new SocketPlace(this, default);
    }

    private bool IsScarce => _room is not null && _room.CurrentCount < _lastPlaces;

    [LoggerMessage(1103, LogLevel.Warning,
        "An address holds its share of sockets that are no WebSockets ({Share}, fewer while places are scarce); more of it are "
        + "closed at once. Behind a reverse proxy this bounds all clients together unless Gateway:TrustedProxies names the proxy. "
        + "Not logged again.")]
    private static partial void LogShare(ILogger logger, int share);
}
