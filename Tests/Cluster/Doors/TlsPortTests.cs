using Camdiv.Silo.Commands;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Processes;
using Camdiv.Tests.Kit.Protocol;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>Real nodes with <c>Silo:Tls</c>: who gets in at the silo port and at the client port, and who does not.</summary>
[Collection(Alone.Name)]
public sealed class TlsPortTests
{
    // A length and a kind, as Orleans' own first bytes are; enough to have a node answer in plain text if it would.
    private static readonly byte[] PlainGreeting = [20, 0, 0, 0, .. new byte[60]];

    [Fact]
    public async Task Only_certificates_of_the_authority_get_in_and_each_where_it_may()
    {
        using var certificates = new ClusterCertificates();
        certificates.Make("node", "node").Make("operator", "anna").Make("server", "redis", "localhost");
        using var others = new ClusterCertificates();
        others.Make("node", "node").Make("operator", "eve");
        var cluster = await RealCluster.StartAsync(certificates.Show("node"), matchmakers: 1, gateways: 2);
        await using var stage = new Stage(cluster);
        var (a, b) = await stage.SettledPairAsync();
        await WhoIsNotOfTheClusterIsRefusedAsync(cluster, certificates, others);
        await OperatorsAreKnownByTheirCertificateAsync(cluster, certificates, others);
        await a.NextAsync(m => m.Type == "draining", "draining");
        await a.ClosedAsync(1012);
        await b.StopAsync();
    }

    private static async Task WhoIsNotOfTheClusterIsRefusedAsync(
        RealCluster cluster, ClusterCertificates certificates, ClusterCertificates others)
    {
        using var node = certificates.Load("node");
        using var anna = certificates.Load("anna");
        using var redis = certificates.Load("redis");
        using var alien = others.Load("node");
        var matchmaker = cluster.Matchmakers[0];
        foreach (var port in cluster.Nodes.Select(one => one.SiloPort).Append(matchmaker.ClientPort))
        {
            Assert.False(await PortProbe.LetsInAsync(port, null), $"{port} lets somebody in without a certificate");
            Assert.False(await PortProbe.LetsInAsync(port, alien), $"{port} lets another authority's in");
            Assert.False(await PortProbe.LetsInAsync(port, redis), $"{port} lets a mere server's certificate in");
            var said = await PortProbe.SayInPlainAsync(port, PlainGreeting);
            Assert.True(said.Length == 0 || said[0] == 0x15, $"{port} answers plain text with more than a TLS alert: {Convert.ToHexString(said)}");
            // Whether the probe can see that somebody is let in.
            Assert.True(await PortProbe.LetsInAsync(port, node), $"{port} does not let a node in");
            Assert.Equal(port == matchmaker.ClientPort, await PortProbe.LetsInAsync(port, anna));
        }
        Assert.All(cluster.GatewayNodes, gateway => Assert.True(Deploy.LocalCluster.IsFree(gateway.ClientPort)));
        foreach (var port in new[] { "silo", "client" })
        {
            await matchmaker.Process.LineAsync(
                line => line.Contains($"at the {port} port: it came without a TLS handshake", StringComparison.Ordinal),
                $"word of a refusal at the {port} port");
        }
    }

    private static async Task OperatorsAreKnownByTheirCertificateAsync(
        RealCluster cluster, ClusterCertificates certificates, ClusterCertificates others)
    {
        var redis = SystemSettings.Default.With("Redis:ConnectionString", cluster.Redis.ConnectionString);
        var both = Path.Combine(others.Folder, "both.crt");
        await File.WriteAllTextAsync(
            both, await File.ReadAllTextAsync(others.File("eve", "ca.crt")) + await File.ReadAllTextAsync(certificates.File("anna", "ca.crt")));
        foreach (var (settings, cause) in new[]
        {
            (redis, "it may speak TLS"),
            (others.Show("eve", redis), "refused by Silo:Tls:Authority"),
            // Trusts the nodes, but they do not trust it.
            (others.Show("eve", redis).With("Silo:Tls:Authority", both), "certificates of its own authority only"),
        })
        {
            var refused = await AdminCli.RunAsync(settings, "drain", "gateway-1");
            Assert.True(refused.Code == CommandLine.ExitRefused, $"{refused.Code}: {refused.Error}");
            Assert.StartsWith("The cluster refuses the command: ", refused.Error, StringComparison.Ordinal);
            Assert.Contains(cause, refused.Error, StringComparison.Ordinal);
        }
        var anna = certificates.Show("anna", redis);
        var silos = await AdminCli.RunAsync(anna, "silos");
        Assert.True(silos.Code == 0, silos.Error);
        Assert.DoesNotContain("draining", silos.Output, StringComparison.Ordinal);
        var drained = await AdminCli.RunAsync(anna, "drain", "gateway-1");
        Assert.True(drained.Code == 0, drained.Error);
        await cluster.Matchmakers[0].Process.LineAsync(
            line => line.Contains("Admin: drain", StringComparison.Ordinal), "word of the command");
        Assert.Matches(
            $@"Admin: drain gateway-1, by CN=anna \({Environment.UserName}@[^)]+\) from 127\.0\.0\.1:\d+\.", cluster.Matchmakers[0].Output);
    }
}
