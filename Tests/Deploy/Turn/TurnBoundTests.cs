using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Attacks;
using Camdiv.Tests.Kit.Turn;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>What deploy/coturn lets one user hold, for how long, and from where.</summary>
public sealed class TurnBoundTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("127.0.0.66");

    [Fact]
    public async Task A_user_holds_eight_allocations_of_ten_minutes()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        using var hoard = new AllocationHoard(server.EndPoint, Attacker);
        await hoard.TakeAsync(Mint(TimeSpan.FromHours(1)));
        Assert.Equal(8, hoard.Held);
        Assert.Equal([KeyValuePair.Create(486, 1)], hoard.Refusals);
        Assert.Equal(600, hoard.LongestLifeSeconds);
        using var other = await TurnAllocation.OpenAsync(server.EndPoint, Mint(TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task The_capacity_is_what_all_allocations_reserve()
    {
        var numbers = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "deploy", "coturn", "turnserver.conf")))
            .Select(line => line.Split('='))
            .Where(parts => parts.Length == 2 && long.TryParse(parts[1], out _))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        Assert.Equal(numbers["max-bps"] * numbers["total-quota"], numbers["bps-capacity"]);
        Assert.True(numbers["total-quota"] <= numbers["max-port"] - numbers["min-port"] + 1, "more allocations than ports");

        // coturn sets a session's rate aside at once: at the end of the capacity, not of the quota, it refuses.
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates, RegionServer.Secret, "--bps-capacity=750000");
        using var hoard = new AllocationHoard(server.EndPoint, Attacker);
        await hoard.TakeAsync(Mint(TimeSpan.FromHours(1)));
        Assert.Equal((2, 486), (hoard.Held, Assert.Single(hoard.Refusals).Key));
    }

    [Fact]
    public async Task An_allocation_outlives_its_credential()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var life = TimeSpan.FromSeconds(3);
        var expires = TimeProvider.System.GetUtcNow() + life;
        var credential = Mint(life);
        using var call = await TurnAllocation.OpenAsync(server.EndPoint, credential);
        await Until.TrueAsync(() => TimeProvider.System.GetUtcNow() > expires.AddSeconds(2), "the credential has expired");
        var refused = await Assert.ThrowsAsync<TurnRefusedException>(() => TurnAllocation.OpenAsync(server.EndPoint, credential));
        Assert.Equal(401, refused.Error);
        Assert.Null(await call.RefreshAsync());
    }

    [Fact]
    public async Task A_client_with_a_mobility_ticket_keeps_its_allocation_when_its_address_changes()
    {
        using var certificates = new Certificates();
        // Relays of this test talk to each other over loopback, which the shipped ranges deny.
        await using var server = await RegionServer.StartAsync(certificates, RegionServer.Secret, "--allowed-peer-ip=127.0.0.1");
        using var phone = await TurnAllocation.OpenAsync(server.EndPoint, Mint(TimeSpan.FromHours(1)), new TurnWishes { Mobile = true });
        Assert.NotNull(phone.Ticket);
        Assert.Null(await phone.PermitAsync(IPAddress.Loopback));

        Assert.Null(await phone.MoveAsync(phone.Ticket, IPAddress.Parse("127.0.0.67")));
        using var peer = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        // A new address is heard of by what comes from it first.
        await phone.SendAsync((IPEndPoint)peer.Client.LocalEndPoint!, "from the new address"u8.ToArray());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var received = await peer.ReceiveAsync(limit.Token);
        Assert.Equal(phone.Relayed.Port, received.RemoteEndPoint.Port);
        Assert.Equal("from the new address", Encoding.UTF8.GetString(received.Buffer));
        await peer.SendAsync("back to it"u8.ToArray(), received.RemoteEndPoint);
        Assert.Equal("back to it", Encoding.UTF8.GetString(await phone.HearAsync(TimeSpan.FromSeconds(10)) ?? []));
    }

    [Fact]
    public async Task A_client_without_a_ticket_as_every_browser_loses_it()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        using var browser = await TurnAllocation.OpenAsync(server.EndPoint, Mint(TimeSpan.FromHours(1)));
        Assert.Null(browser.Ticket);
        Assert.Equal(437, await browser.MoveAsync(null, IPAddress.Parse("127.0.0.67")));
    }

    private static TurnCredential Mint(TimeSpan life)
    {
        var expires = (TimeProvider.System.GetUtcNow() + life).ToUnixTimeSeconds();
        var credentials = TurnCredentials.Mint(RegionServer.Secret, UserId.New(), expires);
        return new TurnCredential(credentials.Username, credentials.Credential);
    }
}
