using System.Net;
using Camdiv.Gateway.Ice;
using Camdiv.Matchmaking;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Turn;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>deploy/coturn/camdiv-turn.nft, in a network of its own with a real coturn.</summary>
public sealed class FlowBoundTests
{
    private const int Bound = 100;
    private const int UserQuota = 8;
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 3478);

    [Fact]
    public async Task An_address_with_any_number_of_credentials_holds_a_hundred_flows_and_others_are_served()
    {
        var (unshare, nft) = (Tools.Require("unshare", "util-linux"), Tools.Require("nft", "nftables"));
        var (ip, turnserver) = (Tools.Require("ip", "iproute2"), Tools.Require("turnserver", "coturn"));
        Assert.SkipUnless(Environment.UserName == "root", "networks of one's own need root");
        var rules = Path.Combine(Repository.Root, "deploy", "coturn");
        using var folder = new TemporaryFolder();
        await using var coturn = ProcessUnderTest.Start(
            unshare,
            [
                // Twice, as whoever changes a number loads it again.
                "-n", "sh", "-c", $"{ip} link set lo up && {nft} -f {rules}/camdiv-turn.nft && {nft} -f {rules}/camdiv-turn.nft && exec \"$0\" \"$@\"",
                turnserver, "-c", $"{rules}/turnserver.conf", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--no-tls",
                $"--realm={RegionServer.Realm}", $"--static-auth-secret={RegionServer.Secret}",
                $"--userdb={folder.Path}/turndb", $"--pidfile={folder.Path}/pid",
            ],
            folder.Path);
        await coturn.LineAsync(RegionServer.IsLastOfStart, "coturn's threads");

        var held = new List<TurnAllocation>();
        try
        {
            var credential = Mint();
            for (var i = 1; i <= Bound; i++)
            {
                held.Add(await OpenAsync(credential, "127.0.0.66"));
                credential = i % UserQuota == 0 ? Mint() : credential;
            }
            await Assert.ThrowsAsync<TimeoutException>(() => OpenAsync(Mint(), "127.0.0.66"));
            held.Add(await OpenAsync(Mint(), "127.0.0.7"));
            Assert.Null(await held[0].RefreshAsync());
        }
        finally
        {
            held.ForEach(allocation => allocation.Dispose());
        }

        Task<TurnAllocation> OpenAsync(TurnCredential credential, string from) => OwnNetwork.WithinAsync(
            coturn.Id, () => TurnAllocation.OpenAsync(Server, credential, new TurnWishes { From = IPAddress.Parse(from) }));
    }

    private static TurnCredential Mint()
    {
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var credentials = TurnCredentials.Mint(RegionServer.Secret, UserId.New(), expires);
        return new TurnCredential(credentials.Username, credentials.Credential);
    }
}
