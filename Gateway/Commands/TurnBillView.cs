using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Camdiv.Gateway.Turn;

namespace Camdiv.Gateway.Commands;

/// <summary>A bill for people and for programs.</summary>
internal static class TurnBillView
{
    public static string ToText(TurnUsage usage, IReadOnlyList<TurnBillLine> lines)
    {
        var text = new StringBuilder();
        text.AppendLine(TurnBill.Formula);
        text.AppendLine();
        text.AppendLine(Invariant(
            $"call minutes {usage.CallMinutes:n0}, direct share {usage.Direct:p1}, {usage.Kbps:n0} kbit/s, overhead {usage.Overhead:p0}"));
        text.AppendLine();
        text.AppendLine(Invariant($"{"region",-12}{"side minutes",16}{"GB sent",14}{"price/GB",12}{"cost",14}"));
        foreach (var (line, region) in lines.Zip(usage.Regions))
        {
            text.AppendLine(Invariant($"{line.Region,-12}{line.LegMinutes,16:n0}{line.SentGb,14:n1}{region.PricePerGb,12:n4}{line.Cost,14:n2}"));
        }
        text.Append(Invariant(
            $"{"total",-12}{lines.Sum(line => line.LegMinutes),16:n0}{lines.Sum(line => line.SentGb),14:n1}{"",12}{lines.Sum(line => line.Cost),14:n2}"));
        return text.ToString();
    }

    public static string ToJson(TurnUsage usage, IReadOnlyList<TurnBillLine> lines) => new JsonObject
    {
        ["formula"] = TurnBill.Formula.ReplaceLineEndings("\n"),
        ["callMinutes"] = usage.CallMinutes,
        ["direct"] = usage.Direct,
        ["kbps"] = usage.Kbps,
        ["overhead"] = usage.Overhead,
        ["regions"] = new JsonArray([.. lines.Zip(usage.Regions).Select(pair => new JsonObject
        {
            ["region"] = pair.First.Region,
            ["sideMinutes"] = pair.First.LegMinutes,
            ["sentGb"] = pair.First.SentGb,
            ["pricePerGb"] = pair.Second.PricePerGb,
            ["cost"] = pair.First.Cost,
        })]),
        ["sentGb"] = lines.Sum(line => line.SentGb),
        ["cost"] = lines.Sum(line => line.Cost),
    }.ToJsonString(new() { WriteIndented = true });

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
