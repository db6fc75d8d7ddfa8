using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Camdiv.Silo.Configuration;

namespace Camdiv.Silo.Security;

/// <summary>A certificate with its key, and the authority of those it talks to, as they were read together.</summary>
/// <param name="Certificate">The certificate with its key.</param>
/// <param name="Authority">The authority.</param>
/// <param name="Stamp">A hash of the files' bytes.</param>
internal sealed record CertificateFiles(X509Certificate2 Certificate, CertificateAuthority Authority, string Stamp)
{
    /// <summary>Reads and checks the files of <see cref="ClusterTlsOptions"/>; mistakes come as paths and sentences.</summary>
    /// <param name="options">Options without problems of their own.</param>
    /// <param name="root">Folder that relative paths are of.</param>
    /// <param name="use">What the certificate must be good for.</param>
    /// <param name="time">The clock.</param>
    public static (CertificateFiles? Files, IReadOnlyList<(string Property, string Problem)> Problems) Read(
        ClusterTlsOptions options, string root, CertificateUse use, TimeProvider time)
    {
        var problems = new List<(string Property, string Problem)>();
        var stamp = Stamps(options, root, problems);
        var authority = Try(nameof(options.Authority), problems, () => CertificateAuthority.Read(Path.GetFullPath(options.Authority, root)));
        var certificate = problems.Exists(known => known.Property != nameof(options.Authority))
            ? null
            : Try(nameof(options.Certificate), problems, () => ReadCertificate(options, root));
        if (authority is null || certificate is null || problems.Count > 0)
        {
            return (null, problems);
        }
        if (authority.ProblemOf(certificate, use, time) is { } problem)
        {
            problems.Add((nameof(options.Certificate), FormattableString.Invariant(
                $"{certificate.Subject}, valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}, is not good as a {Word(use)}'s by {nameof(options.Authority)}: {problem}")));
            return (null, problems);
        }
        return (new CertificateFiles(certificate, authority, stamp), problems);
    }

    /// <summary>A hash of the files as they are now, to see a change; a link that points elsewhere is one.</summary>
    public static string StampOf(ClusterTlsOptions options, string root) => Stamps(options, root, []);

    private static string Stamps(ClusterTlsOptions options, string root, List<(string Property, string Problem)> problems)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (property, file) in new[]
        {
            (nameof(options.Certificate), options.Certificate), (nameof(options.Key), options.Key), (nameof(options.Authority), options.Authority),
        })
        {
            if (file.Length > 0 && Try(property, problems, () => File.ReadAllBytes(Path.GetFullPath(file, root))) is { } bytes)
            {
                hash.AppendData(bytes);
            }
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static X509Certificate2 ReadCertificate(ClusterTlsOptions options, string root)
    {
        var path = Path.GetFullPath(options.Certificate, root);
        if (options.IsPkcs12)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, options.Password);
        }
        var key = options.Key.Length > 0 ? Path.GetFullPath(options.Key, root) : path;
        var read = options.Password.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(path, options.Password, key)
            : X509Certificate2.CreateFromPemFile(path, key);
        if (!OperatingSystem.IsWindows())
        {
            return read;
        }
        // Windows' TLS takes no key that is only in memory.
        using (read)
        {
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
    }

    private static T? Try<T>(string property, List<(string Property, string Problem)> problems, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            if (!problems.Exists(known => known.Property == property))
            {
                problems.Add((property, $"cannot be used: {exception.Message.ReplaceLineEndings(" ")}"));
            }
            return null;
        }
    }

    private static string Word(CertificateUse use) => use == CertificateUse.Node ? "node" : "client";
}
