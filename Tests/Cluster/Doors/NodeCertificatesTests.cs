using Camdiv.Silo.Configuration;
using Camdiv.Silo.Security;
using Camdiv.Tests.Cluster.Systems;
using Camdiv.Tests.Kit;
using Microsoft.Extensions.Logging.Testing;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>The files of <c>Silo:Tls</c>: what is wrong with them, and that a renewal is seen.</summary>
[Collection(Alone.Name)]
public sealed class NodeCertificatesTests
{
    [Fact]
    public async Task A_renewed_certificate_is_used_and_a_broken_one_is_not()
    {
        using var files = new ClusterCertificates();
        files.Make("node", "node");
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        var log = new FakeLogCollector();
        var (read, problems) = NodeCertificates.Read(Options(files, "node"), files.Folder, CertificateUse.Node, clock);
        Assert.Empty(problems);
        using var certificates = read!.LogTo(new FakeLogger(log));
        await certificates.StartAsync(default);
        var first = certificates.Current.Thumbprint;

        var good = await File.ReadAllTextAsync(files.File("node", "tls.crt"));
        await File.WriteAllTextAsync(files.File("node", "tls.crt"), good[..200]);
        clock.Advance(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(first, certificates.Current.Thumbprint);
        Assert.Single(log.Text().Split('\n'), line => line.Contains("Silo:Tls:Certificate cannot be used", StringComparison.Ordinal));

        files.Make("node", "node");
        Assert.Equal(first, certificates.Current.Thumbprint);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.NotEqual(first, certificates.Current.Thumbprint);
        Assert.Contains("renewed certificate CN=node", log.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("more days", log.Text(), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromDays(352));
        Assert.Contains("is good for", log.Text(), StringComparison.Ordinal);
        await certificates.StopAsync(default);
    }

    [Theory]
    [InlineData("operator", "node", "node", 0, "Certificate", "CN=operator")]
    [InlineData("redis", "redis", "redis", 0, "Certificate", "is not good as a node's by Authority")]
    [InlineData("node", "operator", "node", 0, "Certificate", "cannot be used")]
    [InlineData("node", "node", "node", 366, "Certificate", "is not good as a node's by Authority")]
    [InlineData("node", "node", "node", -1, "Certificate", "is not good as a node's by Authority")]
    [InlineData("node", "node", "nobody", 0, "Authority", "cannot be used")]
    [InlineData("nobody", "node", "node", 0, "Certificate", "cannot be used")]
    [InlineData("node", "nobody", "node", 0, "Key", "cannot be used")]
    [InlineData("node", "node", "node/tls.crt", 0, "Authority", "no certificate of an authority")]
    public void What_is_wrong_with_the_files_is_named_by_its_path(
        string certificate, string key, string authority, int days, string path, string sentence)
    {
        using var files = new ClusterCertificates();
        files.Make("node", "node").Make("operator", "operator").Make("server", "redis");
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow().AddDays(days));
        var options = new ClusterTlsOptions
        {
            Certificate = files.File(certificate, "tls.crt"),
            Key = files.File(certificate == "operator" ? certificate : key, "tls.key"),
            Authority = authority.Contains('/') ? Path.Combine(files.Folder, authority) : files.File(authority, "ca.crt"),
        };
        var (read, problems) = NodeCertificates.Read(options, files.Folder, CertificateUse.Node, clock);
        Assert.Null(read);
        var problem = Assert.Single(problems);
        Assert.Equal(path, problem.Property);
        Assert.Contains(sentence, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_authority_of_the_same_name_is_another_authority()
    {
        using var files = new ClusterCertificates();
        using var others = new ClusterCertificates();
        files.Make("node", "node");
        others.Make("node", "node");
        var (read, _) = NodeCertificates.Read(Options(files, "node"), files.Folder, CertificateUse.Node, TimeProvider.System);
        using var certificates = read!;
        using var own = files.Load("node");
        using var alien = others.Load("node");
        Assert.Null(certificates.ProblemOf(own, CertificateUse.Node));
        Assert.NotNull(certificates.ProblemOf(alien, CertificateUse.Node));
        // While one authority replaces the other both are in the file.
        File.AppendAllText(files.File("node", "ca.crt"), File.ReadAllText(others.File("node", "ca.crt")));
        var (both, _) = NodeCertificates.Read(Options(files, "node"), files.Folder, CertificateUse.Node, TimeProvider.System);
        Assert.Null(both!.ProblemOf(own, CertificateUse.Node));
        Assert.Null(both.ProblemOf(alien, CertificateUse.Node));
    }

    [Fact]
    public void A_PKCS_12_file_with_a_password_will_do()
    {
        using var files = new ClusterCertificates();
        files.Make("node", "node");
        using var node = files.Load("node");
        var bundle = Path.Combine(files.Folder, "node.pfx");
        File.WriteAllBytes(bundle, node.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12, "secret"));
        var options = new ClusterTlsOptions { Certificate = bundle, Password = "secret", Authority = files.File("node", "ca.crt") };
        var (read, problems) = NodeCertificates.Read(options, files.Folder, CertificateUse.Node, TimeProvider.System);
        Assert.Empty(problems);
        Assert.True(read!.Current.HasPrivateKey);
        options.Password = "wrong";
        (_, problems) = NodeCertificates.Read(options, files.Folder, CertificateUse.Node, TimeProvider.System);
        Assert.Equal("Certificate", Assert.Single(problems).Property);
    }

    private static ClusterTlsOptions Options(ClusterCertificates files, string name) => new()
    {
        Certificate = files.File(name, "tls.crt"),
        Key = files.File(name, "tls.key"),
        Authority = files.File(name, "ca.crt"),
    };
}
