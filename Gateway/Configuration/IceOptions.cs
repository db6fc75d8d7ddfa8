namespace Camdiv.Gateway.Configuration;

/// <summary>What <c>GET /ice-servers</c> hands out. Bound from the configuration section <c>Ice</c>.</summary>
public sealed class IceOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Ice";

    /// <summary>STUN URLs, offered first. An empty list offers none.</summary>
    public string[] StunUrls { get; set; } = ["stun:stun.l.google.com:19302", "stun:stun.cloudflare.com:3478"];

    /// <summary>TURN regions; the two nearest to a client are offered. Empty: STUN only.</summary>
    public TurnRegionOptions[] Regions { get; set; } = [];

    /// <summary>How long TURN credentials are valid, in seconds (60 to 604,800).</summary>
    public int CredentialTtlSeconds { get; set; } = 86_400;

    /// <summary>
    /// How long a client may go on with one answer before it asks again, in seconds (10 to 86,400). A quarter of the
    /// credentials' life where that is less: what is served from a cache must still have most of its life before it.
    /// </summary>
    public int CacheSeconds { get; set; } = 21_600;

    /// <summary>
    /// Whether a request must carry the token of a session that searches or is in a room. Without, everybody is answered
    /// and only the bounds by address hold.
    /// </summary>
    public bool RequireSession { get; set; } = true;

    /// <summary>Requests a session may make within a minute (1 to 10,000).</summary>
    public int RequestsPerMinute { get; set; } = 20;

    /// <summary>Requests one address (IPv6: one /56) may make within a minute, whatever the answer (1 to 1,000,000).</summary>
    public int RequestsPerAddress { get; set; } = 1_000;

    /// <summary>
    /// Sessions of one address (IPv6: one /56) that are given TURN credentials within an hour, as many of them at once
    /// (1 to 1,000,000). Each may hold as many allocations as the TURN server's <c>user-quota</c> says.
    /// </summary>
    public int CredentialsPerAddress { get; set; } = 60;

    /// <summary>When a client is to ask again, in seconds after an answer.</summary>
    internal int RefreshSeconds => Math.Max(1, Math.Min(CacheSeconds, CredentialTtlSeconds / 4));

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Bound.Check(
            new(nameof(CredentialTtlSeconds), CredentialTtlSeconds, 60, 604_800),
            new(nameof(CacheSeconds), CacheSeconds, 10, 86_400),
            new(nameof(RequestsPerMinute), RequestsPerMinute, 1, 10_000),
            new(nameof(RequestsPerAddress), RequestsPerAddress, 1, 1_000_000),
            new(nameof(CredentialsPerAddress), CredentialsPerAddress, 1, 1_000_000)).ToList();
        for (var i = 0; i < StunUrls.Length; i++)
        {
            if (!StunUrls[i].StartsWith("stun:", StringComparison.Ordinal) && !StunUrls[i].StartsWith("stuns:", StringComparison.Ordinal))
            {
                problems.Add(($"{nameof(StunUrls)}:{i}", "must be a stun: or stuns: URL"));
            }
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Regions.Length; i++)
        {
            var path = $"{nameof(Regions)}:{i}:";
            problems.AddRange(Regions[i].Problems().Select(p => (path + p.Property, p.Problem)));
            if (Regions[i].Name.Length > 0 && !names.Add(Regions[i].Name))
            {
                problems.Add((path + nameof(TurnRegionOptions.Name), "must differ from the other regions' names"));
            }
        }
        return problems;
    }
}

/// <summary>One TURN region: a server or a name that resolves to several with the same secrets.</summary>
public sealed class TurnRegionOptions
{
    /// <summary>Short name, such as <c>ams</c>: 1 to 32 of letters, digits, <c>_</c> and <c>-</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Host name or address, without a port; an IPv6 address in brackets.</summary>
    public string Host { get; set; } = "";

    /// <summary>Degrees north (−90 to 90). A region without coordinates counts as the farthest.</summary>
    public double? Latitude { get; set; }

    /// <summary>Degrees east (−180 to 180).</summary>
    public double? Longitude { get; set; }

    /// <summary>Shared secrets of the TURN server; the first signs, the others are known while one rotates.</summary>
    public string[] Secrets { get; set; } = [];

    /// <summary>Port for UDP and TCP (1 to 65,535).</summary>
    public int TurnPort { get; set; } = 3478;

    /// <summary>Port for TLS (1 to 65,535).</summary>
    public int TlsPort { get; set; } = 443;

    internal IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Bound.Check(
            new(nameof(TurnPort), TurnPort, 1, 65_535),
            new(nameof(TlsPort), TlsPort, 1, 65_535)).ToList();
        if (!Camdiv.Matchmaking.RoomId.IsWellFormed(Name))
        {
            problems.Add((nameof(Name), "must be 1 to 32 letters, digits, '_' or '-'"));
        }
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown || (Host.Contains(':') && !Host.StartsWith('[')))
        {
            problems.Add((nameof(Host), "must be a host name or address without a port"));
        }
        if (Latitude is < -90 or > 90)
        {
            problems.Add((nameof(Latitude), "must be from -90 to 90"));
        }
        if (Longitude is < -180 or > 180)
        {
            problems.Add((nameof(Longitude), "must be from -180 to 180"));
        }
        if (Latitude is null != Longitude is null)
        {
            problems.Add((Latitude is null ? nameof(Latitude) : nameof(Longitude), "must be given when the other coordinate is"));
        }
        if (Secrets.Length == 0 || Secrets.Any(string.IsNullOrWhiteSpace))
        {
            problems.Add((nameof(Secrets), "must name at least one secret, none of them empty"));
        }
        return problems;
    }
}
