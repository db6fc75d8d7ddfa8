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
    TokenCheck tokens,
    IMatchmaker matchmaker,
    ClientAddress addresses,
    AddressPrefixes prefixes,
    GatewayInstruments instruments,
    TimeProvider time)
{
    private const int MaxUtcOffset = 840;

    // A client that has just sent `start` may ask before the socket's loop, or another gateway, has taken it in.
    private static readonly int[] StartPatienceMs = [25, 75, 200, 700];

    private readonly IClientLocator[] _locators = [.. locators];
    private readonly RequestBudget<UserId> _userBudget = new(options.RequestsPerMinute, TimeSpan.FromMinutes(1), time);
    private readonly RequestBudget<AddressPrefix> _addressBudget = new(options.RequestsPerAddress, TimeSpan.FromMinutes(1), time);
    private readonly CredentialBudget _credentialBudget = new(options.CredentialsPerAddress, time);

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var address = addresses.Of(context);
        var from = prefixes.Of(address);
        if (!_addressBudget.TryTake(from, out var retryAfter))
        {
            return TooMany(context, "ice-address", retryAfter);
        }
        var (verdict, token) = await tokens.CheckAsync(BearerToken(context.Request), connects: false, context.RequestAborted)
            .ConfigureAwait(false);
        var (known, user) = (verdict == TokenVerdict.Valid, token.User);
        if (!known && options.RequireSession)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Json(StatusCodes.Status401Unauthorized, "A valid session token is required.");
        }
        if (known && !_userBudget.TryTake(user, out retryAfter))
        {
            return TooMany(context, "ice", retryAfter);
        }
        if (!TryReadUtcOffset(context.Request, out var utcOffset))
        {
            return Problem.Json(
                StatusCodes.Status400BadRequest, $"utcOffset must be a whole number from -{MaxUtcOffset} to {MaxUtcOffset}.");
        }
        try
        {
            if (options.RequireSession && !await IsActiveSoonAsync(user, context.RequestAborted).ConfigureAwait(false))
            {
                instruments.RateLimited("ice-idle");
                return Problem.Json(
                    StatusCodes.Status403Forbidden, "ICE servers are for sessions that search or are in a room: send start first.");
            }
        }
        catch (MatchmakerUnavailableException)
        {
            context.Response.Headers.RetryAfter = "1";
            return Problem.Json(StatusCodes.Status503ServiceUnavailable, "Whether the session searches cannot be told now.");
        }
        catch (OperationCanceledException)
        {
            return Results.Empty;
        }
        return Grant(context, from, known ? user : UserId.New(), Locate(address, utcOffset));
    }

    private IResult Grant(HttpContext context, AddressPrefix from, UserId user, GeoPoint? place)
    {
        var regions = RegionChoice.Nearest(options.Regions, place);
        if (regions.Count > 0 && !_credentialBudget.TryTake(from, user, out var retryAfter))
        {
            return TooMany(context, "ice-credentials", retryAfter);
        }
        for (var i = 0; i < regions.Count; i++)
        {
            instruments.CredentialMinted(regions[i].Name, i + 1);
        }
        context.Response.Headers.CacheControl =
            string.Create(CultureInfo.InvariantCulture, $"private, max-age={options.RefreshSeconds}");
        context.Response.Headers.Vary = "Authorization";
        return Results.Json(
            IceConfiguration.Create(options, regions, user, time.GetUtcNow()), IceJsonContext.Default.IceConfiguration);
    }

    private async ValueTask<bool> IsActiveSoonAsync(UserId user, CancellationToken cancellation)
    {
        foreach (var patience in StartPatienceMs)
        {
            if (await matchmaker.IsActiveAsync(user, cancellation).ConfigureAwait(false))
            {
                return true;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(patience), time, cancellation).ConfigureAwait(false);
        }
        return await matchmaker.IsActiveAsync(user, cancellation).ConfigureAwait(false);
    }

    private IResult TooMany(HttpContext context, string limit, TimeSpan retryAfter)
    {
        instruments.RateLimited(limit);
        context.Response.Headers.RetryAfter =
            Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problem.Json(StatusCodes.Status429TooManyRequests, "Too many requests.");
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
