using System.Globalization;

namespace Camdiv.Tests.Load.Measure;

/// <summary>Figures of several servers, taken in turns over several rounds, and their ratios.</summary>
public sealed class Comparison
{
    /// <summary>Headings of <see cref="Rows"/>.</summary>
    public static readonly string[] Heads =
        ["figure", "product", "baseline", "limit", "product / baseline", "goal", "product / limit", "goal"];

    private string _machine = "";

    /// <summary>What the figures mean and how far they can be trusted.</summary>
    public string Reading =>
        "Each figure is the median over the rounds, with the least and the most in brackets: that is the noise. Ratios are "
        + "taken within a round, where the servers ran right after each other, and then treated alike. Server CPU only, tester "
        + "excluded." + _machine;

    /// <summary>The figures, in the order in which they were first added.</summary>
    public List<Figure> Figures { get; init; } = [];

    /// <summary>Adds a figure of a round.</summary>
    public void Add(string name, string unit, string server, int round, double? value, double? goalBaseline = null, double? goalLimit = null)
    {
        var figure = Figures.Find(f => f.Name == name);
        if (figure is null)
        {
            Figures.Add(figure = new Figure(name, unit, goalBaseline, goalLimit));
        }
        if (value is { } number)
        {
            figure.Values.Add(new Value(server, round, number));
        }
    }

    /// <summary>Notes what else the machine did meanwhile.</summary>
    public void Note(IReadOnlyList<RunResult> runs)
    {
        var others = runs.Select(run => run.Cost?.OthersCores ?? 0).DefaultIfEmpty().ToList();
        _machine = Text($" Other programs used {others.Average():f2} of {Environment.ProcessorCount} cores on average, {others.Max():f2} at most.");
    }

    /// <summary>The table.</summary>
    public IEnumerable<string[]> Rows() => Figures.Select(figure => new[]
    {
        $"{figure.Name}, {figure.Unit}",
        Show(figure.Of("product")),
        Show(figure.Of("baseline")),
        Show(figure.Of("limit")),
        Show(figure.Ratios("product", "baseline")),
        figure.GoalBaseline is { } a ? Text($"{a:0.##}") : "",
        Show(figure.Ratios("product", "limit")),
        figure.GoalLimit is { } b ? Text($"{b:0.##}") : "",
    });

    /// <summary>
    /// How the ratios of this run and of an earlier one lie to each other: figure, both ratios, and whether their ranges
    /// over the rounds meet, which is all that figures of a noisy machine can say.
    /// </summary>
    public IEnumerable<(string Figure, string Now, string Then, bool Agree)> Against(Comparison earlier)
    {
        foreach (var figure in Figures)
        {
            foreach (var other in new[] { "baseline", "limit" })
            {
                var now = figure.Ratios("product", other);
                var then = earlier.Figures.Find(f => f.Name == figure.Name)?.Ratios("product", other) ?? [];
                if (now.Count > 0 && then.Count > 0)
                {
                    yield return (
                        $"{figure.Name}, product / {other}", Show(now), Show(then), now.Min() <= then.Max() && then.Min() <= now.Max());
                }
            }
        }
    }

    /// <summary>
    /// How likely the ranges of two series from one distribution do not meet: all of one lie below all of the other, which
    /// is 2 of the ways to sort them both.
    /// </summary>
    public double MissByChance(Comparison earlier)
    {
        var ways = 1.0;
        for (int i = 1, then = earlier.Rounds; i <= Rounds; i++)
        {
            ways *= (then + i) / (double)i;
        }
        return Math.Min(1, 2 / ways);
    }

    private int Rounds => Figures.SelectMany(figure => figure.Values).Select(value => value.Round).Distinct().Count();

    private static string Show(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return "";
        }
        var sorted = values.Order().ToList();
        var median = (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
        var form = median >= 1000 ? "f0" : median >= 10 ? "f1" : "f2";
        string Number(double value) => value.ToString(form, CultureInfo.InvariantCulture);
        return sorted.Count == 1 ? Number(median) : $"{Number(median)} ({Number(sorted[0])} - {Number(sorted[^1])})";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A figure of one server in one round.</summary>
    public sealed record Value(string Server, int Round, double Number);

    /// <summary>One figure of all servers in all rounds.</summary>
    public sealed record Figure(string Name, string Unit, double? GoalBaseline, double? GoalLimit)
    {
        /// <summary>Its values.</summary>
        public List<Value> Values { get; init; } = [];

        internal IReadOnlyList<double> Of(string server) => [.. Values.Where(v => v.Server == server).Select(v => v.Number)];

        internal IReadOnlyList<double> Ratios(string server, string other) =>
            [.. from a in Values
                join b in Values on a.Round equals b.Round
                where a.Server == server && b.Server == other && b.Number > 0
                select a.Number / b.Number];
    }
}
