using System.Globalization;

namespace Camdiv.Tests.Unit.Simulation;

/// <summary>Collects broken invariants; the first ones are worth reading, the rest follow from them.</summary>
internal sealed class Violations(VirtualWorld world)
{
    private const int Kept = 3;

    private readonly List<string> _found = [];

    public bool Any => Count > 0;

    public int Count { get; private set; }

    /// <summary>The rules broken, for tests that plant a defect.</summary>
    public HashSet<string> Rules { get; } = [];

    public void Report(string rule, string what, params object?[] about)
    {
        Count++;
        Rules.Add(rule);
        if (_found.Count < Kept)
        {
            var time = (world.NowMs / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
            var concerned = about.Where(item => item is not null).Cast<object>().ToArray();
            _found.Add($"{rule} at {time} s: {what}{Environment.NewLine}{world.Trace.About(concerned)}");
        }
    }

    public override string ToString() => string.Join(Environment.NewLine, _found);
}
