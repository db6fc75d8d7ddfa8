using System.Globalization;
using System.Net;
using System.Text;
using Camdiv.Tests.Load.Measure;

namespace Camdiv.Tests.Load.Reports;

/// <summary>Runs as one page that needs nothing else: no script, no font, no request.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
        body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; margin: 1rem 0; }
        td, th { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
        td { font-variant-numeric: tabular-nums; }
        svg { width: 100%; max-width: 40rem; } svg text { font-size: 10px; fill: currentColor; } .grid { stroke: #8884; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; }
        figure { margin: 0; } .bad { color: #c00; } .good { color: #080; }
        """;

    /// <summary>The page.</summary>
    public static string Render(IReadOnlyList<RunResult> runs, Comparison? comparison = null)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Load report</title>");
        page.Append("<meta name=\"viewport\" content=\"width=device-width\"><style>").Append(Style).Append("</style><h1>Load report</h1>");
        if (runs.Count > 0)
        {
            var machine = runs[0].Machine;
            page.Append("<p>").Append(Escape(string.Create(
                CultureInfo.InvariantCulture,
                $"{machine.Date}. {machine.Processor}, {machine.Cores} cores, {machine.OperatingSystem}, {machine.Runtime}.")));
        }
        if (comparison is not null)
        {
            Append(page, comparison);
        }
        foreach (var run in runs)
        {
            Append(page, run);
        }
        return page.Append('\n').ToString();
    }

    private static void Append(StringBuilder page, Comparison comparison)
    {
        page.Append("<h2>Side by side</h2><table><tr>");
        foreach (var head in Comparison.Heads)
        {
            page.Append("<th>").Append(Escape(head));
        }
        foreach (var row in comparison.Rows())
        {
            page.Append("<tr>");
            foreach (var cell in row)
            {
                page.Append("<td>").Append(Escape(cell));
            }
        }
        page.Append("</table><p>").Append(Escape(comparison.Reading));
    }

    private static void Append(StringBuilder page, RunResult run)
    {
        page.Append("<h2>").Append(Escape($"{run.Server}: {run.Scenario}")).Append("</h2><table>");
        foreach (var (what, figure) in TextReport.Lines(run))
        {
            page.Append("<tr><th>").Append(Escape(what)).Append("<td>").Append(Escape(figure));
        }
        page.Append("<tr><th>invariants<td class=\"").Append(run.Invariants.Total == 0 ? "good" : "bad").Append("\">");
        page.Append(Escape(string.Join(", ", run.Invariants.ByKind.Select(kind => $"{kind.Key}: {kind.Value}"))));
        foreach (var violation in run.Invariants.First)
        {
            page.Append("<br>").Append(Escape(violation));
        }
        page.Append("</table>");
        if (run.Samples.Count > 1)
        {
            page.Append("<div class=\"plots\">");
            Plot(page, run, "matches a second", s => s.Matches);
            Plot(page, run, "time to match with a partner waiting, p99 of each second, ms", s => s.MatchP99Ms);
            Plot(page, run, "frames a second", s => s.Frames);
            Plot(page, run, "server CPU, cores", s => s.ServerCores);
            Plot(page, run, "server memory, MB", s => s.ServerMegabytes);
            Plot(page, run, "people online", s => s.Online);
            Plot(page, run, "people waiting", s => s.Waiting);
            Plot(page, run, "tester busy", s => s.TesterBusy);
            page.Append("</div>");
        }
    }

    private static void Plot(StringBuilder page, RunResult run, string title, Func<Sample, double> value)
    {
        var values = run.Samples.Select(value).ToList();
        if (values.TrueForAll(v => v == 0))
        {
            return;
        }
        page.Append("<figure>").Append(Svg.Lines([.. run.Samples.Select(s => s.At)], (title, "#37c", values)));
        page.Append("<figcaption>").Append(Escape(title)).Append("</figcaption></figure>");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
