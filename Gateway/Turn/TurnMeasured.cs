using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Camdiv.Gateway.Turn;

/// <summary>What Prometheus has measured of calls over some days, as a 30-day month.</summary>
/// <param name="CallMinutes">Minutes of audio and video calls; null when nothing was measured.</param>
/// <param name="Direct">Share of call sides without a relay; null when nothing was measured.</param>
/// <param name="Regions">Credentials for the nearest region, by region: where relayed traffic goes.</param>
internal sealed record TurnMeasured(double? CallMinutes, double? Direct, IReadOnlyDictionary<string, double> Regions)
{
    private const double Month = 30;

    /// <summary>Asks Prometheus.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or refuses the question.</exception>
    public static async Task<TurnMeasured> ReadAsync(HttpClient http, Uri prometheus, int days, CancellationToken cancellation)
    {
        var minutes = await QueryAsync(http, prometheus, CallMinutesQuery(days), cancellation);
        var direct = await QueryAsync(http, prometheus, DirectQuery(days), cancellation);
        var regions = await QueryAsync(http, prometheus, RegionsQuery(days), cancellation);
        return new TurnMeasured(
            minutes.Count == 0 ? null : minutes[0].Value * Month / days,
            direct.Count == 0 ? null : direct[0].Value,
            regions.ToDictionary(sample => sample.Region, sample => sample.Value, StringComparer.Ordinal));
    }

    internal static string CallMinutesQuery(int days) =>
        Invariant($"sum(increase(camdiv_sessions_room_duration_seconds_sum{{camdiv_chat!=\"text\"}}[{days}d])) / 60");

    internal static string DirectQuery(int days) =>
        Invariant($"sum(increase(camdiv_media_connected_total{{camdiv_candidate_type!=\"relay\"}}[{days}d])) / sum(increase(camdiv_media_connected_total[{days}d]))");

    internal static string RegionsQuery(int days) =>
        Invariant($"sum by (camdiv_region) (increase(camdiv_ice_credentials_total{{camdiv_rank=\"1\"}}[{days}d]))");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static async Task<List<(string Region, double Value)>> QueryAsync(
        HttpClient http, Uri prometheus, string query, CancellationToken cancellation)
    {
        var address = new Uri(prometheus, $"{prometheus.AbsolutePath.TrimEnd('/')}/api/v1/query?query={Uri.EscapeDataString(query)}");
        var answer = await http.GetFromJsonAsync<JsonNode>(address, cancellation);
        var samples = new List<(string, double)>();
        foreach (var sample in answer?["data"]?["result"]?.AsArray() ?? [])
        {
            var value = double.Parse(sample!["value"]![1]!.GetValue<string>(), CultureInfo.InvariantCulture);
            if (double.IsFinite(value))
            {
                samples.Add((sample["metric"]?["camdiv_region"]?.GetValue<string>() ?? "", value));
            }
        }
        return samples;
    }
}
