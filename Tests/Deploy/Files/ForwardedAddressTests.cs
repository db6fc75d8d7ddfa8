using System.Net;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Wire;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>
/// What a client says of its own address, through each proxy as it is shipped: nobody else's limit is reached, no limit is
/// passed, and no region is chosen by it. Here the gateway trusts far more than it is told to in production.
/// </summary>
public sealed class ForwardedAddressTests
{
    private const string Mine = "127.0.0.11";
    private const string Theirs = "127.0.0.12";

    private static readonly (string Name, string Value)[] MadeUp =
    [
        ("X-Forwarded-For", "192.0.2.7"),
        ("x-forwarded-for", "192.0.2.7, 127.0.0.99"),
        ("X-Forwarded-For", "2001:db8::7"),
        ("X-Forwarded-For", $"{Theirs},"),
        ("X-Forwarded-For", "unknown"),
        ("X_Forwarded_For", "192.0.2.7"),
        ("X-Original-For", "192.0.2.7"),
        ("X-Real-IP", "192.0.2.7"),
        ("Forwarded", "for=192.0.2.7;host=other.example"),
        ("X-Forwarded-Host", "other.example"),
    ];

    public static TheoryData<string> Proxies => ShippedProxy.All;

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_made_up_address_changes_nothing(string file)
    {
        await using var gateway = await TrustingGatewayAsync("1");
        await using var proxy = await ShippedProxy.StartAsync(file, gateway.Port);
        await using var member = await WireClient.JoinAsync(proxy.Address, new() { From = IPAddress.Parse(Mine) });
        foreach (var (name, value) in MadeUp)
        {
            await using var again = await WireClient.OpenAsync(proxy.Address, new()
            {
                From = IPAddress.Parse(Mine),
                Headers = new Dictionary<string, string> { [name] = value },
            });
            await again.ClosedAsync(4429);
        }
        await using var other = await WireClient.JoinAsync(proxy.Address, new()
        {
            From = IPAddress.Parse(Theirs),
            Headers = new Dictionary<string, string> { ["X-Forwarded-For"] = Mine },
        });
        await other.StartAsync();
        await other.ExpectAsync("searching");
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task No_made_up_address_is_located(string file)
    {
        await using var gateway = await TrustingGatewayAsync("100");
        await using var proxy = await ShippedProxy.StartAsync(file, gateway.Port);
        // TURN is for those who search.
        await using var client = await WireClient.JoinAsync(proxy.Address, new() { From = IPAddress.Parse(Mine) });
        await client.StartAsync();
        await client.ExpectAsync("searching");
        var session = $"Authorization: Bearer {client.Session}";
        foreach (var (name, value) in MadeUp)
        {
            await AskAsync(proxy.Address, session, $"{name}: {value}");
        }
        await AskAsync(proxy.Address, session, "X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 192.0.2.8");
        Assert.Equal(MadeUp.Length + 1, gateway.Located.Count);
        Assert.All(gateway.Located, address => Assert.Equal(IPAddress.Parse(Mine), address));
    }

    private static Task<LocatingGateway> TrustingGatewayAsync(string connections) => LocatingGateway.StartAsync(
        ("Gateway:TrustedProxies:0", "127.0.0.0/8"),
        ("Gateway:ForwardedHops", "16"),
        ("Gateway:Limits:ConnectionsPerAddress", connections));

    private static async Task AskAsync(Uri proxy, params string[] headers)
    {
        await using var raw = await RawSocket.ConnectAsync(proxy, IPAddress.Parse(Mine));
        await raw.SendAsync(
            $"GET /ice-servers HTTP/1.1\r\nHost: {proxy.Authority}\r\nConnection: close\r\n{string.Join("\r\n", headers)}\r\n\r\n");
        Assert.Equal("200", await raw.StatusAsync());
    }
}
