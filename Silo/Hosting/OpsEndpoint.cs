using System.Globalization;
using Camdiv.Gateway.Lifecycle;
using Camdiv.Silo.Configuration;
using Orleans.Dashboard;

namespace Camdiv.Silo.Hosting;

/// <summary>The operators' HTTP port: health checks and dashboard, and nothing of what browsers see.</summary>
internal static class OpsEndpoint
{
    /// <summary>Adds the port to the addresses the host listens on; on a node without browsers it is the only one.</summary>
    public static void Listen(WebApplicationBuilder builder, NodeOptions node)
    {
        if (node.EffectiveOpsPort is not { } port)
        {
            return;
        }
        var host = node.OpsAddress.Contains(':', StringComparison.Ordinal) ? $"[{node.OpsAddress.Trim('[', ']')}]" : node.OpsAddress;
        var address = string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}");
        var others = node.IsGateway ? builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) : null;
        builder.WebHost.UseUrls(string.IsNullOrEmpty(others) ? address : $"{others};{address}");
    }

    /// <summary>Answers requests that came in by that port, before anything else sees them.</summary>
    public static void Map(WebApplication app, NodeOptions node)
    {
        if (node.EffectiveOpsPort is not { } port)
        {
            return;
        }
        var gateway = app.Services.GetService<GatewayLifecycle>();
        var lifetime = app.Lifetime;
        app.MapWhen(context => context.Connection.LocalPort == port, ops =>
        {
            ops.UseRouting();
            ops.UseEndpoints(routes =>
            {
                routes.MapGet("/healthz/live", () => Results.Text("live"));
                routes.MapGet("/healthz/ready", () => IsReady(gateway, lifetime)
                    ? Results.Text("ready")
                    : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable));
                if (node.Dashboard)
                {
                    routes.MapOrleansDashboard("/dashboard");
                }
            });
        });
    }

    // Started means that every hosted service is, the silo among them.
    private static bool IsReady(GatewayLifecycle? gateway, IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStarted.IsCancellationRequested
        && !lifetime.ApplicationStopping.IsCancellationRequested
        && gateway is not { IsReady: false };
}
