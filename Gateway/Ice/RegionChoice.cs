using Camdiv.Gateway.Configuration;

namespace Camdiv.Gateway.Ice;

/// <summary>Which TURN regions a client is offered.</summary>
internal static class RegionChoice
{
    /// <summary>How many regions a client is offered at most.</summary>
    public const int Offered = 2;

    /// <summary>The nearest regions, nearest first; the first configured ones when the client's place is unknown.</summary>
    public static IReadOnlyList<TurnRegionOptions> Nearest(IReadOnlyList<TurnRegionOptions> regions, GeoPoint? client)
    {
        if (client is not { } place || regions.Count < 2)
        {
            return [.. regions.Take(Offered)];
        }
        // OrderBy is stable: regions equally far keep the configured order.
        return [.. regions.OrderBy(region => DistanceTo(region, place)).Take(Offered)];
    }

    private static double DistanceTo(TurnRegionOptions region, GeoPoint place) =>
        region is { Latitude: { } latitude, Longitude: { } longitude }
            ? Distance.Between(place, new GeoPoint(latitude, longitude))
            : double.MaxValue;
}
