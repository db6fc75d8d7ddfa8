namespace Camdiv.Tests.Kit.Protocol;

/// <summary>Configuration keys that protocol tests turn.</summary>
public static class Keys
{
    /// <summary>How long identity, place and room outlive a dropped connection.</summary>
    public const string Grace = "Matchmaking:GraceMs";

    /// <summary>How long each side has to acknowledge.</summary>
    public const string Ack = "Matchmaking:AckMs";

    /// <summary>How long the last partner is avoided.</summary>
    public const string Cooldown = "Matchmaking:CooldownMs";

    /// <summary>How long a user holds out for a shared interest or language.</summary>
    public const string Patience = "Matchmaking:PatienceMs";

    /// <summary>How long a peer is away before the other hears of it.</summary>
    public const string AwayNotice = "Matchmaking:AwayNoticeMs";

    /// <summary>Most identities.</summary>
    public const string MaxSessions = "Matchmaking:MaxSessions";

    /// <summary>Time for <c>hello</c>.</summary>
    public const string Hello = "Gateway:HelloTimeoutMs";

    /// <summary>Silence after which a socket is pinged.</summary>
    public const string Ping = "Gateway:PingIntervalMs";

    /// <summary>Silence after which a socket is dropped.</summary>
    public const string Silence = "Gateway:SilenceTimeoutMs";

    /// <summary>Frames a client may send at once.</summary>
    public const string Burst = "Gateway:Limits:FrameBurst";

    /// <summary>Frames a client may send each second.</summary>
    public const string FrameRate = "Gateway:Limits:FramesPerSecond";

    /// <summary>Bytes a client may send at once.</summary>
    public const string ByteBurst = "Gateway:Limits:ByteBurst";

    /// <summary>Bytes a client may send each second.</summary>
    public const string ByteRate = "Gateway:Limits:BytesPerSecond";

    /// <summary>Handshakes of one address each second.</summary>
    public const string Handshakes = "Gateway:Limits:HandshakesPerSecond";

    /// <summary>Handshakes of one address at once.</summary>
    public const string HandshakeBurst = "Gateway:Limits:HandshakeBurst";

    /// <summary>Connections of one address.</summary>
    public const string PerAddress = "Gateway:Limits:ConnectionsPerAddress";

    /// <summary>Sockets of one address that are no WebSockets.</summary>
    public const string PendingPerAddress = "Gateway:Limits:PendingPerAddress";

    /// <summary>Time for a request's headers.</summary>
    public const string RequestHeaders = "Gateway:RequestHeadersTimeoutMs";

    /// <summary>Time that a connection may rest without a request.</summary>
    public const string KeepAlive = "Gateway:KeepAliveTimeoutMs";

    /// <summary>A foreign origin that may connect.</summary>
    public const string Origin = "Gateway:AllowedOrigins:0";

    /// <summary>A proxy whose X-Forwarded-For is believed.</summary>
    public const string TrustedProxy = "Gateway:TrustedProxies:0";

    /// <summary>How long a session token lives, in seconds.</summary>
    public const string SessionSeconds = "Session:LifetimeSeconds";

    /// <summary>How long an identity lives in all, in seconds.</summary>
    public const string IdentitySeconds = "Session:MaxLifetimeSeconds";

    /// <summary>Reports an identity may make within a day.</summary>
    public const string ReportsPerIdentity = "Storage:Reports:PerIdentity";

    /// <summary>Reports an address may make within a day.</summary>
    public const string ReportsPerAddress = "Storage:Reports:PerAddress";

    /// <summary>Requests for ICE servers a session may make a minute.</summary>
    public const string IceRequests = "Ice:RequestsPerMinute";

    /// <summary>Requests for ICE servers an address may make a minute.</summary>
    public const string IceRequestsOfAddress = "Ice:RequestsPerAddress";

    /// <summary>Sessions of one address that are given TURN credentials within an hour.</summary>
    public const string IceCredentials = "Ice:CredentialsPerAddress";

    /// <summary>How long TURN credentials live, in seconds.</summary>
    public const string IceLifeSeconds = "Ice:CredentialTtlSeconds";

    /// <summary>Whether ICE servers are for sessions that search or are in a room only.</summary>
    public const string IceRequireSession = "Ice:RequireSession";

    /// <summary>The settings of one TURN region.</summary>
    public static SystemSettings WithRegion(
        this SystemSettings settings, int index, string name, double longitude, params string[] secrets)
    {
        var path = $"Ice:Regions:{index}:";
        settings = settings
            .With(path + "Name", name)
            .With(path + "Host", $"{name}.turn.example")
            .With(path + "Latitude", 50)
            .With(path + "Longitude", longitude);
        for (var i = 0; i < secrets.Length; i++)
        {
            settings = settings.With($"{path}Secrets:{i}", secrets[i]);
        }
        return settings;
    }
}
