using System.Net;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Ice;

namespace Camdiv.Tests.Unit.Gateway.Ice;

public sealed class RegionChoiceTests
{
    private static readonly TurnRegionOptions[] World =
    [
        At("nyc", 40.7, -74.0), At("ams", 52.4, 4.9), At("sin", 1.35, 103.8), At("syd", -33.9, 151.2), At("fji", -18.1, 178.4),
    ];

    [Theory]
    [InlineData(48.9, 2.4, "ams", "nyc")]
    [InlineData(19.4, -99.1, "nyc", "ams")]
    [InlineData(-36.8, 174.8, "fji", "syd")]
    [InlineData(21.3, -157.9, "fji", "nyc")]
    [InlineData(13.8, 100.5, "sin", "syd")]
    public void The_two_nearest_are_offered_nearest_first(double latitude, double longitude, string first, string second) =>
        Assert.Equal([first, second], Names(new GeoPoint(latitude, longitude)));

    [Theory]
    [InlineData(60, "ams", "sin")]
    [InlineData(-300, "nyc", "ams")]
    [InlineData(480, "sin", "syd")]
    [InlineData(600, "syd", "fji")]
    [InlineData(840, "fji", "syd")]
    [InlineData(-660, "fji", "syd")]
    public void A_utc_offset_implies_a_longitude(int minutes, string first, string second) =>
        Assert.Equal([first, second], Names(new UtcOffsetLocator().Locate(IPAddress.Loopback, minutes)));

    [Fact]
    public void Without_a_place_the_configured_order_holds()
    {
        Assert.Null(new UtcOffsetLocator().Locate(IPAddress.Loopback, null));
        Assert.Equal(["nyc", "ams"], Names(null));
    }

    [Fact]
    public void A_region_without_coordinates_is_the_farthest_and_ties_keep_their_order()
    {
        var regions = new[] { new TurnRegionOptions { Name = "lost" }, At("a", 0, 10), At("b", 0, -10), At("c", 0, 10) };
        Assert.Equal(["a", "b"], RegionChoice.Nearest(regions, new GeoPoint(0, 0)).Select(r => r.Name));
        Assert.Equal(["b", "lost"], RegionChoice.Nearest([regions[0], regions[2]], new GeoPoint(0, 0)).Select(r => r.Name));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(0, 0, 0, 180, 180)]
    [InlineData(90, 12, -90, 77, 180)]
    [InlineData(0, 179, 0, -179, 2)]
    [InlineData(51.5, -0.1, 40.7, -74.0, 50.1)]
    public void Distances_are_great_circles(double latA, double lonA, double latB, double lonB, double degrees) =>
        Assert.Equal(degrees, Distance.Between(new GeoPoint(latA, lonA), new GeoPoint(latB, lonB)), 0.1);

    private static TurnRegionOptions At(string name, double latitude, double longitude) =>
        new() { Name = name, Latitude = latitude, Longitude = longitude };

    private static IEnumerable<string> Names(GeoPoint? place) => RegionChoice.Nearest(World, place).Select(r => r.Name);
}
