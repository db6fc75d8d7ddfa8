using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Camdiv.Gateway.Turn;

/// <summary>Which certificates of TURN servers are believed: the system's authorities, or an operator's own.</summary>
/// <param name="authorities">An operator's own authorities; null: the system's.</param>
internal sealed class TurnTrust(X509Certificate2Collection? authorities)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>Speaks TLS over <paramref name="stream"/> as a browser would.</summary>
    /// <exception cref="TurnFaultException">The certificate is not believed, or there is no TLS.</exception>
    public async Task<TurnChannel> SecureAsync(Stream stream, string host, TimeProvider time, CancellationToken cancellation)
    {
        var name = host.Trim('[', ']');
        string? problem = null;
        string? doubt = null;
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    CertificateChainPolicy = Policy(),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        problem = Problem(name, certificate as X509Certificate2, chain, errors);
                        doubt = Doubt(certificate as X509Certificate2, time);
                        return problem is null;
                    },
                },
                cancellation);
            return new StreamTurnChannel(secure, doubt);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            await secure.DisposeAsync();
            throw new TurnFaultException(problem ?? "no TLS: the port does not answer a TLS handshake");
        }
        catch (OperationCanceledException)
        {
            await secure.DisposeAsync();
            throw new TurnFaultException("connected, but no TLS handshake in time");
        }
    }

    private X509ChainPolicy Policy()
    {
        // Revocation is what a browser mostly skips, too, and the lookup would be another thing that can fail.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }
        return policy;
    }

    private static string? Problem(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server shows no certificate";
        }
        var problems = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            problems.Add($"its certificate is for {Names(certificate)}, not for {host}");
        }
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var statuses = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? 0;
            problems.Add(statuses.HasFlag(X509ChainStatusFlags.NotTimeValid)
                ? string.Create(CultureInfo.InvariantCulture,
                    $"its certificate is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u} only")
                : $"its certificate is signed by no trusted authority ({statuses}); --ca FILE trusts your own");
        }
        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    private static string? Doubt(X509Certificate2? certificate, TimeProvider time) =>
        certificate is not null && certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime < Soon
            ? string.Create(CultureInfo.InvariantCulture, $"its certificate ends on {certificate.NotAfter.ToUniversalTime():u}")
            : null;

    private static string Names(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(extension => extension.EnumerateDnsNames()
                .Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            .ToList();
        return alternatives.Count > 0
            ? string.Join(", ", alternatives)
            : certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false);
    }
}
