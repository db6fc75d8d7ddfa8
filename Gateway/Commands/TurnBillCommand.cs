using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Turn;

namespace Camdiv.Gateway.Commands;

/// <summary><c>turn bill</c>.</summary>
internal static class TurnBillCommand
{
    private static readonly Option<string?> Prometheus = new("--prometheus")
    {
        Description = "Address of a Prometheus: direct share, call minutes and the regions' shares are taken from it.",
    };

    private static readonly Option<int> Days = new("--days")
    {
        Description = "Days that --prometheus looks back on.",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<double?> CallMinutes = new("--call-minutes") { Description = "Minutes of calls in a month, counted once per call." };

    private static readonly Option<double?> Direct = new("--direct") { Description = "Call sides that need no relay, in percent." };

    private static readonly Option<double> Kbps = new("--kbps")
    {
        Description = "Media of one side in one direction, in kbit/s.",
        DefaultValueFactory = _ => 1_200,
    };

    private static readonly Option<double> Overhead = new("--overhead")
    {
        Description = "What packet and TURN headers add, in percent.",
        DefaultValueFactory = _ => 6,
    };

    private static readonly Option<double> Price = new("--price")
    {
        Description = "Price of a GB sent, where --region names none.",
        DefaultValueFactory = _ => 0.01,
    };

    private static readonly Option<RegionPart[]> Regions = new("--region")
    {
        Description = "NAME[=SHARE][@PRICE]: a region, its share of the traffic in percent and its price per GB. Repeatable. "
            + "Else the regions of Ice:Regions.",
        CustomParser = ParseRegions,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Writes JSON instead of a table." };

    public static Command Create()
    {
        var command = new Command("bill", "Estimates a month's relay traffic and its cost, and shows how.")
        {
            Prometheus, Days, CallMinutes, Direct, Kbps, Overhead, Price, Regions, Json,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        TurnUsage usage;
        try
        {
            usage = await GatherAsync(parsed, cancellation);
        }
        catch (ConfigurationMistakesException mistakes)
        {
            await error.WriteLineAsync(mistakes.Message);
            return GatewayHost.ExitBadConfiguration;
        }
        catch (Exception exception) when (exception is HttpRequestException or UriFormatException or JsonException or MissingFigureException)
        {
            await error.WriteLineAsync(exception.Message);
            return GatewayHost.ExitFailed;
        }
        var lines = TurnBill.Estimate(usage);
        await output.WriteLineAsync(parsed.GetValue(Json) ? TurnBillView.ToJson(usage, lines) : TurnBillView.ToText(usage, lines));
        return 0;
    }

    private static async Task<TurnUsage> GatherAsync(ParseResult parsed, CancellationToken cancellation)
    {
        TurnMeasured? measured = null;
        if (parsed.GetValue(Prometheus) is { } address)
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            measured = await TurnMeasured.ReadAsync(http, new Uri(address), Math.Max(1, parsed.GetValue(Days)), cancellation);
        }
        var minutes = parsed.GetValue(CallMinutes) ?? measured?.CallMinutes
            ?? throw new MissingFigureException("Call minutes are not known: give --call-minutes, or --prometheus with calls measured.");
        var direct = parsed.GetValue(Direct) / 100 ?? measured?.Direct
            ?? throw new MissingFigureException("The direct share is not known: give --direct, or --prometheus with calls measured.");
        if (minutes < 0 || direct is < 0 or > 1 || parsed.GetValue(Kbps) < 0 || parsed.GetValue(Overhead) < 0)
        {
            throw new MissingFigureException("Figures must not be negative, and --direct is from 0 to 100.");
        }
        return new TurnUsage(
            minutes, direct, parsed.GetValue(Kbps), parsed.GetValue(Overhead) / 100, RegionsOf(parsed, measured));
    }

    private static List<TurnRegionUsage> RegionsOf(ParseResult parsed, TurnMeasured? measured)
    {
        var named = parsed.GetValue(Regions) ?? [];
        if (named.Length == 0)
        {
            named = measured is { Regions.Count: > 0 }
                ? [.. measured.Regions.Keys.Order(StringComparer.Ordinal).Select(name => new RegionPart(name, null, null))]
                : [.. TurnCommand.ReadIce(parsed).Regions.Select(region => new RegionPart(region.Name, null, null))];
        }
        if (named.Length == 0)
        {
            named = [new RegionPart("all", null, null)];
        }
        return [.. named.Select(region => new TurnRegionUsage(
            region.Name,
            region.Share ?? (measured is { Regions.Count: > 0 } ? measured.Regions.GetValueOrDefault(region.Name) : 100.0 / named.Length),
            region.Price ?? parsed.GetValue(Price)))];
    }

    private static RegionPart[] ParseRegions(ArgumentResult result)
    {
        var regions = new List<RegionPart>();
        foreach (var token in result.Tokens)
        {
            var (rest, price) = Cut(token.Value, '@');
            var (name, share) = Cut(rest, '=');
            if (name.Length == 0 || !TryNumber(price, out var priceNumber) || !TryNumber(share?.TrimEnd('%'), out var shareNumber))
            {
                result.AddError($"'{token.Value}' is not NAME[=SHARE][@PRICE], such as ams=60@0.01.");
                return [];
            }
            regions.Add(new RegionPart(name, shareNumber, priceNumber));
        }
        return [.. regions];
    }

    private static (string Before, string? After) Cut(string text, char mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private static bool TryNumber(string? text, out double? number)
    {
        number = null;
        if (text is null)
        {
            return true;
        }
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0;
        number = value;
        return isNumber;
    }

    /// <summary>A region as the command line names it.</summary>
    internal sealed record RegionPart(string Name, double? Share, double? Price);

    private sealed class MissingFigureException(string message) : Exception(message);
}
