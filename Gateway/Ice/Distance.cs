namespace Camdiv.Gateway.Ice;

/// <summary>Distances on the globe, as angles.</summary>
internal static class Distance
{
    /// <summary>
    /// Great-circle angle between two places, in degrees (0 to 180); the difference in longitude when a latitude is
    /// unknown.
    /// </summary>
    public static double Between(GeoPoint a, GeoPoint b)
    {
        var longitude = Math.Abs(Math.IEEERemainder(a.Longitude - b.Longitude, 360));
        if (a.Latitude is not { } latitudeA || b.Latitude is not { } latitudeB)
        {
            return longitude;
        }
        // Haversine: exact enough for near points, where the plain cosine rule is not.
        var byLatitude = Square(Math.Sin(Radians(latitudeA - latitudeB) / 2));
        var byLongitude = Square(Math.Sin(Radians(longitude) / 2));
        var h = byLatitude + (Math.Cos(Radians(latitudeA)) * Math.Cos(Radians(latitudeB)) * byLongitude);
        return 2 * Math.Asin(Math.Sqrt(Math.Min(1, h))) * 180 / Math.PI;
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    private static double Square(double x) => x * x;
}
