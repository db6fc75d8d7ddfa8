using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>An authority of the test's own and a server certificate it signed, as PEM files.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Certificates(string name = "localhost", int validDays = 90, int sinceDays = -100)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Camdiv test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-400), now.AddDays(400));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            authority, now.AddDays(sinceDays), now.AddDays(validDays), RandomNumberGenerator.GetBytes(8));

        Authority = Write("authority.pem", authority.ExportCertificatePem());
        Certificate = Write("server.pem", certificate.ExportCertificatePem());
        Key = Write("server.key", key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The authority's certificate.</summary>
    public string Authority { get; }

    /// <summary>The server's certificate.</summary>
    public string Certificate { get; }

    /// <summary>The server's key.</summary>
    public string Key { get; }

    public void Dispose() => _folder.Dispose();

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
