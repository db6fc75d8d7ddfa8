namespace Camdiv.Gateway.Turn;

/// <summary>What a month of calls is like.</summary>
/// <param name="CallMinutes">Minutes of calls, each counted once for both its sides.</param>
/// <param name="Direct">Share of call sides whose media needs no relay, 0 to 1.</param>
/// <param name="Kbps">Media of one side in one direction, audio and video together, in kbit/s.</param>
/// <param name="Overhead">What packet and TURN headers add, as a share of the media.</param>
/// <param name="Regions">Where the relayed traffic goes.</param>
internal sealed record TurnUsage(
    double CallMinutes, double Direct, double Kbps, double Overhead, IReadOnlyList<TurnRegionUsage> Regions);

/// <summary>One region's part.</summary>
/// <param name="Region">The region's name.</param>
/// <param name="Share">Its share of the relayed traffic; shares count relative to their sum.</param>
/// <param name="PricePerGb">What a gigabyte (10^9 bytes) sent costs there.</param>
internal sealed record TurnRegionUsage(string Region, double Share, double PricePerGb);

/// <summary>What relaying costs in a month, in one region or altogether.</summary>
/// <param name="Region">The region's name.</param>
/// <param name="LegMinutes">Minutes of relayed call sides.</param>
/// <param name="SentGb">Gigabytes sent; as many are received, which most providers do not bill.</param>
/// <param name="Cost">The cost, in the prices' currency.</param>
internal sealed record TurnBillLine(string Region, double LegMinutes, double SentGb, double Cost);

/// <summary>Estimates relay traffic and its cost.</summary>
internal static class TurnBill
{
    /// <summary>The formula, for people.</summary>
    public const string Formula =
        """
        relayed side minutes = call minutes x 2 sides x (1 - direct share)
        GB sent              = relayed side minutes x 60 s x 2 directions x kbit/s x (1 + overhead) / 8 / 1,000,000
        cost                 = GB sent x price per GB, region by region
        """;

    /// <summary>
    /// One line per region. A side that is relayed has one allocation, which forwards the side's media to the peer and the
    /// peer's to the side: two directions sent. The direct share is measured by side, so a call with one relayed side
    /// counts half and one with two counts whole, just as their traffic does.
    /// </summary>
    public static IReadOnlyList<TurnBillLine> Estimate(TurnUsage usage)
    {
        var legs = usage.CallMinutes * 2 * (1 - usage.Direct);
        var all = usage.Regions.Sum(region => region.Share);
        return [.. usage.Regions.Select(region =>
        {
            var minutes = all > 0 ? legs * region.Share / all : 0;
            var sent = minutes * 60 * 2 * usage.Kbps * (1 + usage.Overhead) / 8 / 1_000_000;
            return new TurnBillLine(region.Region, minutes, sent, sent * region.PricePerGb);
        })];
    }
}
