namespace Camdiv.Gateway.Configuration;

/// <summary>A number's permitted range; what most options rules are.</summary>
internal readonly record struct Bound(string Property, long Value, long Least, long Most)
{
    public static IEnumerable<(string Property, string Problem)> Check(params IEnumerable<Bound> bounds) =>
        from bound in bounds
        where bound.Value < bound.Least || bound.Value > bound.Most
        select (bound.Property, $"must be from {bound.Least} to {bound.Most}, not {bound.Value}");
}
