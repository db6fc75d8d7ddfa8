using Microsoft.AspNetCore.Http.Features;

namespace Camdiv.Gateway.Connections.Metering;

/// <summary>Puts a <see cref="MeteredStream"/> below the WebSocket that the framework makes of a request.</summary>
internal sealed class MeteredUpgrade : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private MeteredUpgrade(IFeatureCollection features, InputMeter meter)
    {
        _upgrade = features.Get<IHttpUpgradeFeature>();
        _connect = features.Get<IHttpExtendedConnectFeature>();
        Meter = meter;
    }

    /// <summary>What counts.</summary>
    public InputMeter Meter { get; }

    /// <inheritdoc/>
    public bool IsUpgradableRequest => _upgrade?.IsUpgradableRequest ?? false;

    /// <inheritdoc/>
    public bool IsExtendedConnect => _connect?.IsExtendedConnect ?? false;

    /// <inheritdoc/>
    public string? Protocol => _connect?.Protocol;

    /// <summary>To be called before the framework looks at what the request can become.</summary>
    public static void Put(HttpContext context, InputMeter meter)
    {
        var metered = new MeteredUpgrade(context.Features, meter);
        context.Features.Set(metered);
        if (metered._upgrade is not null)
        {
            context.Features.Set<IHttpUpgradeFeature>(metered);
        }
        if (metered._connect is not null)
        {
            context.Features.Set<IHttpExtendedConnectFeature>(metered);
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync() => new MeteredStream(await _upgrade!.UpgradeAsync(), Meter);

    /// <inheritdoc/>
    public async ValueTask<Stream> AcceptAsync() => new MeteredStream(await _connect!.AcceptAsync(), Meter);
}
