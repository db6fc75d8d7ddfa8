using System.Security.Cryptography.X509Certificates;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>An authority of the test's own and what it signed, made by deploy/tls/certificates.</summary>
internal sealed class ClusterCertificates : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ClusterCertificates() => Tools.Require("openssl", "openssl");

    /// <summary>Where all of it is.</summary>
    public string Folder => _folder.Path;

    /// <summary>Makes or renews a certificate.</summary>
    public ClusterCertificates Make(string kind, string name, params string[] alternatives)
    {
        var run = Run.ToEnd(
            Path.Combine(Repository.Root, "deploy", "tls", "certificates"), [_folder.Path, kind, name, .. alternatives]);
        Assert.True(run.ExitCode == 0, run.Text);
        return this;
    }

    /// <summary>A file of a certificate: <c>tls.crt</c>, <c>tls.key</c> or <c>ca.crt</c>.</summary>
    public string File(string name, string file) => Path.Combine(_folder.Path, name, file);

    /// <summary>Configuration that shows a certificate and trusts the authority.</summary>
    public SystemSettings Show(string name, SystemSettings? settings = null) => (settings ?? SystemSettings.Default)
        .With("Silo:Tls:Certificate", File(name, "tls.crt"))
        .With("Silo:Tls:Key", File(name, "tls.key"))
        .With("Silo:Tls:Authority", File(name, "ca.crt"));

    /// <summary>A certificate with its key.</summary>
    public X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(File(name, "tls.crt"), File(name, "tls.key"));

    public void Dispose() => _folder.Dispose();
}
