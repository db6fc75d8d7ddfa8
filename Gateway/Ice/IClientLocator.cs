using System.Net;

namespace Camdiv.Gateway.Ice;

/// <summary>
/// A place on earth. A latitude that is not known compares by longitude alone.
/// </summary>
/// <param name="Latitude">Degrees north, or null when unknown.</param>
/// <param name="Longitude">Degrees east.</param>
public readonly record struct GeoPoint(double? Latitude, double Longitude);

/// <summary>Guesses where a client is. Several are asked in the order of their registration; the first answer counts.</summary>
public interface IClientLocator
{
    /// <summary>The client's place, or null when this locator cannot tell. Must not block.</summary>
    /// <param name="address">The client's address; never logged.</param>
    /// <param name="utcOffsetMinutes">The client's UTC offset in minutes east, −840 to 840, if it said so.</param>
    GeoPoint? Locate(IPAddress address, int? utcOffsetMinutes);
}

/// <summary>The longitude that a UTC offset implies: the sun moves a degree in four minutes.</summary>
public sealed class UtcOffsetLocator : IClientLocator
{
    /// <inheritdoc/>
    public GeoPoint? Locate(IPAddress address, int? utcOffsetMinutes) =>
        utcOffsetMinutes is { } minutes ? new GeoPoint(null, minutes / 4.0) : null;
}
