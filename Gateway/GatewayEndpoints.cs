using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Connections;
using Camdiv.Gateway.Http;
using Camdiv.Gateway.Ice;
using Camdiv.Gateway.Lifecycle;
using Camdiv.Matchmaking;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Camdiv.Gateway;

/// <summary>The gateway's routes.</summary>
public static class GatewayEndpoints
{
    /// <summary>
    /// Maps the page, <c>/ws</c>, <c>/ice-servers</c>, <c>/stats</c> and <c>/healthz/…</c>. Needs
    /// <see cref="GatewayServices.AddCamdivGateway"/> and an engine.
    /// </summary>
    public static WebApplication MapCamdivGateway(this WebApplication app)
    {
        app.Services.GetRequiredService<ConnectionBound>().Tell(app.Services.GetRequiredService<ILogger<ConnectionBound>>());
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseStaticPage(app.Services.GetRequiredService<GatewayOptions>());
        app.UseRouting();
        app.UseCors();
        var sockets = app.Services.GetRequiredService<WebSocketEndpoint>();
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(WebSocketEndpoint.Path))
            {
                sockets.Meter(context);
            }
            return next(context);
        });
        app.UseWebSockets();

        app.Map(WebSocketEndpoint.Path, sockets.HandleAsync);
        var cors = CorsFor(app.Services.GetRequiredService<OriginPolicy>());
        // As delegates, or what they return would be taken for a plain task and dropped.
        app.MapGet("/ice-servers", (Delegate)app.Services.GetRequiredService<IceEndpoint>().HandleAsync).RequireCors(cors);
        var matchmaker = app.Services.GetRequiredService<IMatchmaker>();
        app.MapGet("/stats", (Delegate)((HttpContext context) => StatsEndpoint.HandleAsync(context, matchmaker))).RequireCors(cors);
        var lifecycle = app.Services.GetRequiredService<GatewayLifecycle>();
        app.MapGet("/healthz/live", () => Results.Text("live"));
        app.MapGet("/healthz/ready", () => lifecycle.IsReady
            ? Results.Text("ready")
            : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
        return app;
    }

    // Pages of configured origins read ICE servers and counts, too; the browser asks on their behalf.
    private static Action<CorsPolicyBuilder> CorsFor(OriginPolicy origins) => policy => policy
        .WithOrigins([.. origins.Allowed])
        .WithMethods(HttpMethods.Get)
        .WithHeaders("Authorization")
        .WithExposedHeaders("Retry-After")
        .SetPreflightMaxAge(TimeSpan.FromHours(1));
}
