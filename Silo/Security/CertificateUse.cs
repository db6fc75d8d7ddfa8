using System.Security.Cryptography;

namespace Camdiv.Silo.Security;

/// <summary>What a certificate is presented for.</summary>
internal enum CertificateUse
{
    /// <summary>A node, which both calls and is called.</summary>
    Node,

    /// <summary>A program that calls, such as <c>admin</c>.</summary>
    Client,

    /// <summary>A server that is called, such as Redis.</summary>
    Server,
}

/// <summary>The extended key usages (RFC 5280, 4.2.1.12) that go with it.</summary>
internal static class CertificateUses
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    public static OidCollection Usages(this CertificateUse use) => use switch
    {
        CertificateUse.Node => [ServerAuthentication, ClientAuthentication],
        CertificateUse.Client => [ClientAuthentication],
        _ => [ServerAuthentication],
    };
}
