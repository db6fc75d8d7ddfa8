using System.Security.Cryptography.X509Certificates;
using Camdiv.Tests.Cluster.Doors;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Deploy;

/// <summary>deploy/local/cluster with TLS everywhere.</summary>
[Collection(Alone.Name)]
public sealed class LocalClusterTlsTests
{
    [Fact]
    public async Task With_TLS_it_serves_and_rolls_and_lets_nobody_in_without_a_certificate()
    {
        await using var cluster = await LocalCluster.StartAsync(SystemSettings.Default, tls: true);
        await Strangers.MeetAsync(cluster.Address);
        var silos = await cluster.RunAsync("admin", "silos");
        Assert.True(silos.ExitCode == 0, silos.Text);
        Assert.Contains("gateway-2", silos.Text, StringComparison.Ordinal);

        var (siloPorts, clientPorts) = (cluster.Base + 11, cluster.Base + 21);
        var folder = cluster.CertificateOf("matchmaker-1");
        using var node = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        foreach (var port in new[] { siloPorts, siloPorts + 1, siloPorts + 2, siloPorts + 3, clientPorts + 2, clientPorts + 3 })
        {
            Assert.False(await PortProbe.LetsInAsync(port, null), $"{port} lets somebody in without a certificate");
            Assert.True(await PortProbe.LetsInAsync(port, node), $"{port} does not let a node in");
        }
        Assert.True(LocalCluster.IsFree(clientPorts) && LocalCluster.IsFree(clientPorts + 1), "a gateway opened a client port");

        var roll = await cluster.RunAsync("roll", "matchmaker-1", "gateway-1");
        Assert.True(roll.ExitCode == 0, roll.Text);
        await Strangers.MeetAsync(cluster.Address);
        Assert.Contains($"by CN=operator-{Environment.UserName}", cluster.Output, StringComparison.Ordinal);
    }
}
