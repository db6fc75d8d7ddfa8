using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Camdiv.Silo.Security;

/// <summary>An authority of one's own: what it signed is trusted, and nothing that the machine trusts besides. Thread-safe.</summary>
internal sealed class CertificateAuthority
{
    private readonly X509Certificate2Collection _roots = [];
    private readonly X509Certificate2Collection _others = [];

    private CertificateAuthority()
    {
    }

    /// <summary>Reads a PEM file of one or more roots, and intermediates.</summary>
    /// <exception cref="CryptographicException">It holds no certificate that signed itself, or something unreadable.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static CertificateAuthority Read(string path)
    {
        var authority = new CertificateAuthority();
        var all = new X509Certificate2Collection();
        all.ImportFromPem(File.ReadAllText(path));
        foreach (var certificate in all)
        {
            var isRoot = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
            (isRoot ? authority._roots : authority._others).Add(certificate);
        }
        return authority._roots.Count > 0
            ? authority
            : throw new CryptographicException("it holds no certificate of an authority that signed itself");
    }

    /// <summary>Why the certificate is not good for a use now, or null when it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="use">What it is presented for.</param>
    /// <param name="time">The clock.</param>
    public string? ProblemOf(X509Certificate2 certificate, CertificateUse use, TimeProvider time)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ExtraStore.AddRange(_others);
        // A cluster's own authority seldom publishes revocations: short lives and a new authority are its means.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().LocalDateTime;
        foreach (var usage in use.Usages())
        {
            chain.ChainPolicy.ApplicationPolicy.Add(usage);
        }
        var good = chain.Build(certificate);
        var problem = good ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }
        return problem;
    }
}
