using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>Somebody who reaches one of the cluster's own ports. Both speak first to whom they let in.</summary>
internal static class PortProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Whether a node says anything to a caller by TLS, with a certificate or none.</summary>
    public static async Task<bool> LetsInAsync(int port, X509Certificate2? certificate)
    {
        using var socket = await ConnectAsync(port);
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "any",
                    // By callback, so that it is shown although no list of issuers names it.
                    LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
                },
                limit.Token);
            return await tls.ReadAsync(new byte[64], limit.Token) > 0;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Port {port} neither said a word nor closed within {Patience.TotalSeconds} s.");
        }
    }

    /// <summary>What a node says to a caller in plain text before it closes; empty when nothing.</summary>
    public static async Task<byte[]> SayInPlainAsync(int port, byte[] bytes)
    {
        using var socket = await ConnectAsync(port);
        await using var stream = new NetworkStream(socket);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await stream.WriteAsync(bytes, limit.Token);
            var answer = new byte[64];
            return answer[..await stream.ReadAsync(answer, limit.Token)];
        }
        catch (IOException)
        {
            return [];
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Port {port} neither said a word nor closed within {Patience.TotalSeconds} s.");
        }
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }
}
