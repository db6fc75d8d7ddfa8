using System.Collections.Concurrent;
using System.Net;
using Camdiv.Gateway;
using Camdiv.Gateway.Ice;
using Camdiv.Tests.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>A gateway that notes which addresses it would look up in a GeoIP database.</summary>
internal sealed class LocatingGateway : IClientLocator, IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();
    private WebApplication? _app;

    /// <summary>Every address it was to locate.</summary>
    public ConcurrentQueue<IPAddress> Located { get; } = new();

    public int Port => new Uri(_app!.Urls.First()).Port;

    public static async Task<LocatingGateway> StartAsync(params (string Key, string Value)[] settings)
    {
        var gateway = new LocatingGateway();
        gateway._app = GatewayHost.Build(["--urls=http://127.0.0.1:0"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Storage:DataFolder"] = gateway._data.Path,
                ["Gateway:WebRoot"] = Path.Combine(Repository.Root, "Gateway", "wwwroot"),
                // Of the whole test process, so left as the other tests need it.
                ["Gateway:InlineSockets"] = "false",
                ["Ice:RequestsPerMinute"] = "1000",
            });
            builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IClientLocator>(gateway);
        });
        await gateway._app.StartAsync();
        return gateway;
    }

    public GeoPoint? Locate(IPAddress address, int? utcOffsetMinutes)
    {
        Located.Enqueue(address);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        _data.Dispose();
    }
}
