using System.Globalization;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Http;
using Camdiv.Gateway.Sessions;
using Camdiv.Gateway.Telemetry;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Ice;

/// <summary><c>GET /ice-servers</c>.</summary>
internal sealed class IceEndpoint(
    IceOptions options,
    IEnumerable<IClientLocator> locators,
    SessionTokens tokens,
    ClientAddress addresses,
    GatewayInstruments instruments,
    TimeProvider time)
{
    private const int MaxUtcOffset = 840;
    private const int MaxCacheSeconds = 21_600;

    private readonly IClientLocator[] _locators = [.. locators];
    private readonly RequestBudget _budget = new(options.RequestsPerMinute, time);

    public IResult Handle(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var address = addresses.Of(context);
        var verdict = tokens.Read(BearerToken(context.Request), out var user);
        instruments.TokenRead(verdict);
        var known = verdict == TokenVerdict.Valid;
        if (!known && options.RequireSession)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Json(StatusCodes.Status401Unauthorized, "A valid session token is required.");
        }
        if (!_budget.TryTake(known ? user.Value : address.ToString(), out var retryAfter))
        {
            instruments.RateLimited("ice");
            context.Response.Headers.RetryAfter =
                Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return Problem.Json(StatusCodes.Status429TooManyRequests, "Too many requests.");
        }
        if (!TryReadUtcOffset(context.Request, out var utcOffset))
        {
            return Problem.Json(
                StatusCodes.Status400BadRequest, $"utcOffset must be a whole number from -{MaxUtcOffset} to {MaxUtcOffset}.");
        }
        var regions = RegionChoice.Nearest(options.Regions, Locate(address, utcOffset));
        for (var i = 0; i < regions.Count; i++)
        {
            instruments.CredentialMinted(regions[i].Name, i + 1);
        }
        // Credentials served from a cache must still have most of their life before them.
        var cacheSeconds = Math.Min(MaxCacheSeconds, options.CredentialTtlSeconds / 4);
        context.Response.Headers.CacheControl =
            string.Create(CultureInfo.InvariantCulture, $"private, max-age={cacheSeconds}");
        context.Response.Headers.Vary = "Authorization";
        return Results.Json(
            IceConfiguration.Create(options, regions, known ? user : UserId.New(), time.GetUtcNow()),
            IceJsonContext.Default.IceConfiguration);
    }

    private GeoPoint? Locate(System.Net.IPAddress address, int? utcOffset)
    {
        foreach (var locator in _locators)
        {
            if (locator.Locate(address, utcOffset) is { } place)
            {
                return place;
            }
        }
        return null;
    }

    private static string? BearerToken(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private static bool TryReadUtcOffset(HttpRequest request, out int? utcOffset)
    {
        utcOffset = null;
        if (!request.Query.TryGetValue("utcOffset", out var values))
        {
            return true;
        }
        if (values.Count != 1
            || !int.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes)
            || Math.Abs((long)minutes) > MaxUtcOffset)
        {
            return false;
        }
        utcOffset = minutes;
        return true;
    }
}
