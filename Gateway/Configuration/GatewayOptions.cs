using System.Net;
using Camdiv.Gateway.Http;

namespace Camdiv.Gateway.Configuration;

/// <summary>How the gateway treats browsers. Bound from the configuration section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway";

    /// <summary>Origins (<c>https://chat.example</c>) whose pages may connect, besides the request's own host.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Host names by which pages reach this gateway (<c>chat.example</c>, without a port); none: any. A page that is served under
    /// another name, as one that has its own name point here does, may not connect.
    /// </summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>Addresses or CIDR ranges of reverse proxies whose <c>X-Forwarded-For</c> is believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>
    /// How many proxies stand in a row before this gateway, each adding an entry to <c>X-Forwarded-For</c> (1 to 16). What
    /// stands left of those entries is never read.
    /// </summary>
    public int ForwardedHops { get; set; } = 1;

    /// <summary>How long a request's headers may take from their first byte, in ms (1,000 to 60,000). Looked at once a second.</summary>
    public int RequestHeadersTimeoutMs { get; set; } = 5_000;

    /// <summary>
    /// How long a connection may rest before its first request and between requests, in ms (1,000 to 600,000). Looked at once
    /// a second. A proxy that keeps connections open gives up an idle one sooner than this.
    /// </summary>
    public int KeepAliveTimeoutMs { get; set; } = 15_000;

    /// <summary>How long a connection may take to say <c>hello</c>, in ms (100 to 60,000).</summary>
    public int HelloTimeoutMs { get; set; } = 5_000;

    /// <summary>A socket that is silent this long is pinged, in ms (500 to 300,000).</summary>
    public int PingIntervalMs { get; set; } = 15_000;

    /// <summary>A socket that is silent this long is dropped, in ms (above the ping interval, up to 600,000).</summary>
    public int SilenceTimeoutMs { get; set; } = 30_000;

    /// <summary>How long a closing handshake may take before the connection is cut, in ms (50 to 10,000).</summary>
    public int CloseTimeoutMs { get; set; } = 2_000;

    /// <summary>
    /// Runs socket completions on the threads that wait for them, without a hop through the thread pool: less CPU per
    /// frame at everyday rates. Applies to the whole process.
    /// </summary>
    public bool InlineSockets { get; set; } = true;

    /// <summary>
    /// Who speaks RFC 6455. <see cref="FramingKind.Own"/> falls back to the framework where TLS or HTTP/2 ends in this
    /// process and with <see cref="Deflate"/>.
    /// </summary>
    public FramingKind Framing { get; set; } = FramingKind.Own;

    /// <summary>Offers permessage-deflate. Costs memory per connection, and frames are small.</summary>
    public bool Deflate { get; set; }

    /// <summary>Folder of the page; empty: <c>wwwroot</c> below the content root, else beside the program.</summary>
    public string WebRoot { get; set; } = "";

    /// <summary>Bounds per connection and address.</summary>
    public GatewayLimits Limits { get; } = new();

    /// <summary>How the gateway goes down.</summary>
    public DrainOptions Drain { get; } = new();

    internal bool OwnFraming => Framing == FramingKind.Own && !Deflate;

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Bound.Check(
            new(nameof(ForwardedHops), ForwardedHops, 1, 16),
            new(nameof(RequestHeadersTimeoutMs), RequestHeadersTimeoutMs, 1_000, 60_000),
            new(nameof(KeepAliveTimeoutMs), KeepAliveTimeoutMs, 1_000, 600_000),
            new(nameof(HelloTimeoutMs), HelloTimeoutMs, 100, 60_000),
            new(nameof(PingIntervalMs), PingIntervalMs, 500, 300_000),
            new(nameof(SilenceTimeoutMs), SilenceTimeoutMs, 1_000, 600_000),
            new(nameof(CloseTimeoutMs), CloseTimeoutMs, 50, 10_000)).ToList();
        if (SilenceTimeoutMs <= PingIntervalMs)
        {
            problems.Add((nameof(SilenceTimeoutMs), $"must be above {nameof(PingIntervalMs)} ({PingIntervalMs})"));
        }
        for (var i = 0; i < AllowedOrigins.Length; i++)
        {
            if (!OriginPolicy.TryNormalize(AllowedOrigins[i], out _))
            {
                problems.Add(($"{nameof(AllowedOrigins)}:{i}", "must be an origin such as https://chat.example"));
            }
        }
        for (var i = 0; i < AllowedHosts.Length; i++)
        {
            if (Uri.CheckHostName(AllowedHosts[i]) == UriHostNameType.Unknown)
            {
                problems.Add(($"{nameof(AllowedHosts)}:{i}", "must be a host name or address without a port, such as chat.example"));
            }
        }
        for (var i = 0; i < TrustedProxies.Length; i++)
        {
            if (!IPAddress.TryParse(TrustedProxies[i], out _) && !IPNetwork.TryParse(TrustedProxies[i], out _))
            {
                problems.Add(($"{nameof(TrustedProxies)}:{i}", "must be an IP address or a CIDR range such as 10.0.0.0/8"));
            }
        }
        if (WebRoot.Length > 0 && !Directory.Exists(WebRoot))
        {
            problems.Add((nameof(WebRoot), "must be an existing folder"));
        }
        return problems.Concat(Limits.Problems()).Concat(Drain.Problems());
    }
}

/// <summary>Bounds per connection and address. Bound from <c>Gateway:Limits</c>.</summary>
public sealed class GatewayLimits
{
    /// <summary>Largest frame a client may send, in bytes (1,024 to 1 MiB).</summary>
    public int MaxFrameBytes { get; set; } = 64 * 1024;

    /// <summary>Frames per second a client may send over time (1 to 100,000).</summary>
    public int FramesPerSecond { get; set; } = 50;

    /// <summary>Frames a client may send at once (1 to 1,000,000).</summary>
    public int FrameBurst { get; set; } = 200;

    /// <summary>
    /// Bytes per second a client may send over time, of anything and with all framing (1,024 to 1 GiB). A read counts for
    /// 256 at least.
    /// </summary>
    public int BytesPerSecond { get; set; } = 64 * 1024;

    /// <summary>Bytes a client may send at once (from the largest frame and 4 KiB to 1 GiB).</summary>
    public int ByteBurst { get; set; } = 1024 * 1024;

    /// <summary>Malformed frames a connection survives (0 to 1,000).</summary>
    public int BadFrames { get; set; } = 5;

    /// <summary>WebSockets one address (IPv6: one /56) may hold at once (1 to 10,000,000).</summary>
    public int ConnectionsPerAddress { get; set; } = 100;

    /// <summary>Handshakes per second that one address may make over time (1 to 10,000,000).</summary>
    public int HandshakesPerSecond { get; set; } = 20;

    /// <summary>
    /// Handshakes that one address may make at once (1 to 10,000,000). Never fewer than twice its connections, which may all
    /// come back together.
    /// </summary>
    public int HandshakeBurst { get; set; } = 200;

    /// <summary>
    /// Sockets one address (IPv6: one /56) may hold that are no WebSockets, or not yet (1 to 10,000,000); further ones are closed
    /// at once. Never more than a quarter of those there is room for; a trusted proxy's are not counted.
    /// </summary>
    public int PendingPerAddress { get; set; } = 256;

    /// <summary>
    /// Connections this gateway serves at once; further ones get 503 (1 to 10,000,000). Fewer where the process may not open
    /// that many files.
    /// </summary>
    public int Connections { get; set; } = 250_000;

    /// <summary>Frames that may wait for one client (8 to 65,536).</summary>
    public int OutboundFrames { get; set; } = 256;

    /// <summary>Bytes that may wait for one client (from the largest frame to 64 MiB).</summary>
    public int OutboundBytes { get; set; } = 1024 * 1024;

    internal int MostHandshakes => Math.Max(HandshakeBurst, 2 * ConnectionsPerAddress);

    internal IEnumerable<(string Property, string Problem)> Problems() => Bound.Check(
        new("Limits:" + nameof(MaxFrameBytes), MaxFrameBytes, 1_024, 1024 * 1024),
        new("Limits:" + nameof(FramesPerSecond), FramesPerSecond, 1, 100_000),
        new("Limits:" + nameof(FrameBurst), FrameBurst, 1, 1_000_000),
        new("Limits:" + nameof(BytesPerSecond), BytesPerSecond, 1_024, 1024 * 1024 * 1024),
        new("Limits:" + nameof(ByteBurst), ByteBurst, Math.Clamp(MaxFrameBytes, 1_024, 1024 * 1024) + 4_096, 1024 * 1024 * 1024),
        new("Limits:" + nameof(HandshakesPerSecond), HandshakesPerSecond, 1, 10_000_000),
        new("Limits:" + nameof(HandshakeBurst), HandshakeBurst, 1, 10_000_000),
        new("Limits:" + nameof(BadFrames), BadFrames, 0, 1_000),
        new("Limits:" + nameof(ConnectionsPerAddress), ConnectionsPerAddress, 1, 10_000_000),
        new("Limits:" + nameof(PendingPerAddress), PendingPerAddress, 1, 10_000_000),
        new("Limits:" + nameof(Connections), Connections, 1, 10_000_000),
        new("Limits:" + nameof(OutboundFrames), OutboundFrames, 8, 65_536),
        new("Limits:" + nameof(OutboundBytes), OutboundBytes, Math.Clamp(MaxFrameBytes, 1_024, 1024 * 1024), 64 * 1024 * 1024));
}

/// <summary>How the gateway goes down. Bound from <c>Gateway:Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>Shortest time a client is told to wait before it reconnects, in ms (0 to 60,000).</summary>
    public int RetryMinMs { get; set; } = 500;

    /// <summary>Longest time a client is told to wait before it reconnects, in ms (the shortest to 600,000).</summary>
    public int RetryMaxMs { get; set; } = 5_000;

    /// <summary>How long clients may take to close before they are cut, in ms (100 to 60,000).</summary>
    public int TimeoutMs { get; set; } = 4_000;

    internal IEnumerable<(string Property, string Problem)> Problems() => Bound.Check(
        new("Drain:" + nameof(RetryMinMs), RetryMinMs, 0, 60_000),
        new("Drain:" + nameof(RetryMaxMs), RetryMaxMs, Math.Clamp(RetryMinMs, 0, 60_000), 600_000),
        new("Drain:" + nameof(TimeoutMs), TimeoutMs, 100, 60_000));
}
