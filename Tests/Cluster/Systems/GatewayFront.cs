using Camdiv.Gateway;
using Camdiv.Gateway.Lifecycle;
using Camdiv.Grains;
using Camdiv.Matchmaking;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>
/// The gateway before one silo of the in-process test cluster. That cluster builds hosts without a web server, so the
/// gateway has a host of its own and takes the engine from the silo's.
/// </summary>
internal sealed class GatewayFront(IConfiguration configuration, FakeLogCollector log) : IHostedService, IGatewayDrain
{
    private WebApplication? _app;

    /// <summary>The silo's services; set before the start.</summary>
    public IServiceProvider? Services { get; set; }

    /// <summary>Where browsers connect.</summary>
    public Uri Address => new(_app!.Urls.First());

    public bool IsReady => _app?.Services.GetRequiredService<GatewayLifecycle>().IsReady == true;

    public bool IsDraining => _app?.Services.GetRequiredService<GatewayLifecycle>().IsDraining == true;

    public void Begin() => _ = _app!.Services.GetRequiredService<GatewayLifecycle>().DrainAsync();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = GatewayHost.CreateBuilder([]);
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new FakeLoggerProvider(log));
        builder.Services.AddSingleton(Services!.GetRequiredService<IMatchmaker>());
        builder.Services.AddSingleton(Services!.GetRequiredService<ITokenBook>());
        builder.Services.AddCamdivGateway(builder.Configuration);
        var app = builder.Build().MapCamdivGateway();
        await app.StartAsync(cancellationToken);
        _app = app;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is { } app)
        {
            await app.StopAsync(cancellationToken);
            await app.DisposeAsync();
        }
    }
}
