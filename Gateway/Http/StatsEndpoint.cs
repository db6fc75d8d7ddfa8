using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Http;

/// <summary><c>GET /stats</c>.</summary>
internal static class StatsEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, IMatchmaker matchmaker)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            var stats = await matchmaker.GetStatsAsync(context.RequestAborted).ConfigureAwait(false);
            return Results.Json(
                new StatsJson(
                    stats.Online,
                    new SearchingCountsJson(stats.SearchingVideo, stats.SearchingAudio, stats.SearchingText),
                    stats.Rooms),
                HttpJsonContext.Default.StatsJson);
        }
        catch (MatchmakerUnavailableException)
        {
            context.Response.Headers.RetryAfter = "1";
            return Problem.Json(StatusCodes.Status503ServiceUnavailable, "The counts are not available now.");
        }
    }
}
