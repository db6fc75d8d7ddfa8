using Camdiv.Silo.Configuration;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace Camdiv.Silo.Security;

/// <summary>Who gets in at the cluster's own ports.</summary>
internal static class ClusterDoors
{
    // Names are of no use among nodes that come and go by address; who signed the certificate decides. Some name must be given.
    private const string AnyName = "camdiv";

    /// <summary>Puts guard, TLS and greeting before what Orleans does with connections.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="node">Valid settings.</param>
    /// <param name="certificates">What to show and whom to trust; null: plain text.</param>
    public static ISiloBuilder UseCamdivDoors(this ISiloBuilder silo, NodeOptions node, NodeCertificates? certificates)
    {
        silo.Services.AddSingleton<PortGuard>();
        silo.Services.AddSingleton<AdminDoor>();
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<PortGuard, AdminDoor>((options, guard, door) =>
        {
            options.ConfigureSiloInboundConnection(connection =>
            {
                connection.Use(guard.For(ClusterPort.Silo));
                UseServerTls(connection, certificates, CertificateUse.Node);
            });
            options.ConfigureGatewayInboundConnection(connection =>
            {
                connection.Use(guard.For(ClusterPort.Client));
                UseServerTls(connection, certificates, CertificateUse.Client);
                connection.UseMiddleware(door);
            });
            options.ConfigureSiloOutboundConnection(connection => UseClientTls(connection, certificates, _ => { }));
        });
        return silo;
    }

    /// <summary>The same for a program that calls: TLS, then its side of the greeting.</summary>
    public static IClientBuilder UseCamdivDoors(this IClientBuilder client, AdminKnock knock, NodeCertificates? certificates) =>
        client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connection =>
        {
            UseClientTls(connection, certificates, knock.CertificateRefused);
            connection.UseMiddleware(knock);
        }));

    private static void UseServerTls(IConnectionBuilder connection, NodeCertificates? certificates, CertificateUse callers)
    {
        if (certificates is not null)
        {
            connection.UseServerTls(Options(certificates, callers, _ => { }));
        }
    }

    private static void UseClientTls(IConnectionBuilder connection, NodeCertificates? certificates, Action<string> refused)
    {
        if (certificates is not null)
        {
            connection.UseClientTls(Options(certificates, CertificateUse.Node, refused));
        }
    }

    private static TlsOptions Options(NodeCertificates certificates, CertificateUse others, Action<string> refused) => new()
    {
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        LocalCertificate = certificates.Current,
        // By selector, so that a renewed certificate is shown from the next handshake on.
        LocalServerCertificateSelector = (_, _) => certificates.Current,
        LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Current,
        RemoteCertificateValidation = (certificate, _, _) =>
        {
            var problem = certificates.ProblemOf(certificate, others);
            if (problem is not null)
            {
                refused($"{certificate.Subject}: {problem}");
            }
            return problem is null;
        },
        OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost = AnyName,
    };
}
