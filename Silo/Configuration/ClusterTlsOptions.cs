namespace Camdiv.Silo.Configuration;

/// <summary>
/// TLS with mutual authentication on the silo port and the client port. Bound from the configuration section
/// <c>Silo:Tls</c>; off while all of it is empty.
/// </summary>
public sealed class ClusterTlsOptions
{
    /// <summary>
    /// File of this node's certificate: PEM, or PKCS #12 when its name ends in <c>.pfx</c> or <c>.p12</c>. A node's is for
    /// server and client authentication; one for client authentication alone is an operator's (RFC 5280, 4.2.1.12).
    /// </summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file of its private key. Empty: the key is in <see cref="Certificate"/>.</summary>
    public string Key { get; set; } = "";

    /// <summary>Password of an encrypted key or PKCS #12 file. Empty: none.</summary>
    public string Password { get; set; } = "";

    /// <summary>
    /// PEM file of the authority that signs the cluster's certificates: its root, and intermediates if there are any. Use
    /// an authority of the cluster's own, for whatever it signed is let in. It may hold two roots while one replaces the other.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>
    /// How often the files are looked at for a renewed certificate, in ms (1,000 to 3,600,000). Handshakes from then on use
    /// it; open connections stay.
    /// </summary>
    public int PollIntervalMs { get; set; } = 60_000;

    /// <summary>Whether TLS is asked for.</summary>
    public bool IsConfigured => Certificate.Length + Key.Length + Authority.Length > 0;

    /// <summary>Whether the certificate's file is PKCS #12.</summary>
    public bool IsPkcs12 => Certificate.EndsWith(".pfx", StringComparison.OrdinalIgnoreCase)
        || Certificate.EndsWith(".p12", StringComparison.OrdinalIgnoreCase);

    /// <summary>Every rule these values break, as path below the section and sentence; empty when valid.</summary>
    public IEnumerable<(string Property, string Problem)> Problems()
    {
        var problems = Rules.Ranges((nameof(PollIntervalMs), PollIntervalMs, 1_000, 3_600_000)).ToList();
        if (!IsConfigured)
        {
            return problems;
        }
        if (Certificate.Length == 0)
        {
            problems.Add((nameof(Certificate), "must name a file, for the rest of the section asks for TLS"));
        }
        if (Authority.Length == 0)
        {
            problems.Add((nameof(Authority), "must name a file: nodes know each other by who signed their certificates"));
        }
        if (Key.Length > 0 && IsPkcs12)
        {
            problems.Add((nameof(Key), $"must be empty: a PKCS #12 file as {nameof(Certificate)} holds the key"));
        }
        return problems;
    }
}
