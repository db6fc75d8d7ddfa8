using System.Globalization;
using System.Text;

namespace Camdiv.Tests.Load.Reports;

/// <summary>Line plots as inline SVG: no script, no request.</summary>
internal static class Svg
{
    private const int Width = 640;
    private const int Height = 200;
    private const int Left = 60;
    private const int Bottom = 24;
    private const int Top = 10;

    /// <summary>A plot of one or more series over the same moments.</summary>
    public static string Lines(IReadOnlyList<double> at, params (string Name, string Color, IReadOnlyList<double> Values)[] series)
    {
        var most = Nice(series.SelectMany(s => s.Values).DefaultIfEmpty(1).Max());
        var (first, last) = (at.DefaultIfEmpty(0).First(), Math.Max(at.DefaultIfEmpty(1).Last(), at.DefaultIfEmpty(0).First() + 1));
        double X(double t) => Left + ((t - first) / (last - first) * (Width - Left - 10));
        double Y(double v) => Height - Bottom - (v / most * (Height - Bottom - Top));
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">"));
        for (var i = 0; i <= 4; i++)
        {
            var value = most * i / 4;
            svg.Append(Invariant($"<line x1=\"{Left}\" x2=\"{Width - 10}\" y1=\"{Y(value):f1}\" y2=\"{Y(value):f1}\" class=\"grid\"/>"));
            svg.Append(Invariant($"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:f1}\" text-anchor=\"end\">{value:0.###}</text>"));
        }
        foreach (var moment in new[] { first, (first + last) / 2, last })
        {
            svg.Append(Invariant($"<text x=\"{X(moment):f1}\" y=\"{Height - 6}\" text-anchor=\"middle\">{moment:0} s</text>"));
        }
        foreach (var (name, color, values) in series)
        {
            var points = string.Join(' ', values.Select((v, i) => Invariant($"{X(at[i]):f1},{Y(v):f1}")));
            svg.Append(Invariant($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"><title>{name}</title></polyline>"));
        }
        return svg.Append("</svg>").ToString();
    }

    // The next of 1, 2, 5 times a power of ten.
    private static double Nice(double value)
    {
        if (value <= 0)
        {
            return 1;
        }
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 2, 5, 10 }.Select(step => step * power).First(step => step >= value * 0.999);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
