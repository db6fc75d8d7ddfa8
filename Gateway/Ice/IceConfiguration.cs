using System.Globalization;
using System.Text.Json.Serialization;
using Camdiv.Gateway.Configuration;
using Camdiv.Matchmaking;

namespace Camdiv.Gateway.Ice;

internal sealed record IceServer(string[] Urls, string? Username, string? Credential);

internal sealed record IceConfiguration(IceServer[] IceServers, int Ttl, int Refresh, long Expires, string[] Regions)
{
    /// <summary>What a client gets: STUN first, then each region's three transports, nearest region first.</summary>
    /// <param name="options">What is configured.</param>
    /// <param name="regions">The regions to offer.</param>
    /// <param name="user">Whose credentials they are.</param>
    /// <param name="now">The time.</param>
    public static IceConfiguration Create(
        IceOptions options, IReadOnlyList<TurnRegionOptions> regions, UserId user, DateTimeOffset now)
    {
        var expires = now.ToUnixTimeSeconds() + options.CredentialTtlSeconds;
        var servers = new List<IceServer>(1 + regions.Count);
        if (options.StunUrls.Length > 0)
        {
            servers.Add(new IceServer(options.StunUrls, null, null));
        }
        foreach (var region in regions)
        {
            var credentials = TurnCredentials.Mint(region.Secrets[0], user, expires);
            servers.Add(new IceServer(Urls(region), credentials.Username, credentials.Credential));
        }
        return new IceConfiguration(
            [.. servers], options.CredentialTtlSeconds, options.RefreshSeconds, expires, [.. regions.Select(region => region.Name)]);
    }

    private static string[] Urls(TurnRegionOptions region) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"turn:{region.Host}:{region.TurnPort}?transport=udp"),
        string.Create(CultureInfo.InvariantCulture, $"turn:{region.Host}:{region.TurnPort}?transport=tcp"),
        string.Create(CultureInfo.InvariantCulture, $"turns:{region.Host}:{region.TlsPort}?transport=tcp"),
    ];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IceConfiguration))]
internal sealed partial class IceJsonContext : JsonSerializerContext;
