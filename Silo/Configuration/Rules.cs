using System.Globalization;

namespace Camdiv.Silo.Configuration;

/// <summary>Rules that several sections share.</summary>
internal static class Rules
{
    public static IEnumerable<(string Property, string Problem)> Ranges(
        params IEnumerable<(string Property, long Value, long Least, long Most)> ranges) =>
        from range in ranges
        where range.Value < range.Least || range.Value > range.Most
        select (range.Property, string.Create(
            CultureInfo.InvariantCulture, $"must be from {range.Least} to {range.Most}, not {range.Value}"));

    public static IEnumerable<(string Property, string Problem)> Names(
        params IEnumerable<(string Property, string Value)> names) =>
        from name in names
        where name.Value.Length is 0 or > 64 || name.Value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
        select (name.Property, "must be 1 to 64 letters, digits, '_', '-' or '.'");
}
