using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Camdiv.Gateway;
using Camdiv.Gateway.Connections.Handover;
using Camdiv.Tests.Gateway.Protocol;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Camdiv.Tests.Gateway.Framing;

/// <summary>A request's transport goes to the gateway's own framing where it can, and to the framework's where not.</summary>
public sealed class HandoverTests
{
    private const string Hello = "{\"type\":\"hello\"}";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void The_accept_value_is_the_one_of_the_RFC() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketUpgrade.Accept("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData("Gateway:Framing", "own", 3210)]
    [InlineData("Gateway:Framing", "framework", 1000)]
    [InlineData("Gateway:Deflate", "true", 1000)]
    public async Task The_configured_framing_serves(string key, string value, int answered)
    {
        await using var system = await EmbeddedSystem.StartAsync(new SystemSettings().With(key, value));
        await using var raw = await RawWebSocket.OpenAsync(system.Gateways[0]);
        await raw.SendTextAsync(Hello);
        Assert.Equal(1, (await raw.ReadAsync())?.Opcode);
        // The two tell themselves apart in this: only the own one echoes the client's code.
        await raw.SendAsync(RawWebSocket.Frame(0x88, [0x0c, 0x8a]));
        Assert.Equal(answered, (await raw.ReadAsync(opcode: 8))?.CloseCode);
        Assert.Null(await raw.ReadAsync());
    }

    [Fact]
    public async Task Frames_right_behind_the_handshake_are_not_lost()
    {
        await using var system = await EmbeddedSystem.StartAsync(new SystemSettings());
        using var socket = await ConnectAsync(system.Gateways[0]);
        await socket.SendAsync((byte[])[.. Upgrade(system.Gateways[0]), .. RawWebSocket.Frame(0x81, Encoding.ASCII.GetBytes(Hello))]);
        await ExpectAsync(socket, "\"type\":\"welcome\"");
    }

    [Fact]
    public async Task Requests_before_the_handshake_share_the_connection()
    {
        await using var system = await EmbeddedSystem.StartAsync(new SystemSettings());
        var gateway = system.Gateways[0];
        using var socket = await ConnectAsync(gateway);
        for (var i = 0; i < 3; i++)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /healthz/live HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n"));
            await ExpectAsync(socket, "live");
        }
        await socket.SendAsync(Upgrade(gateway));
        await ExpectAsync(socket, "\r\n\r\n");
        await socket.SendAsync(RawWebSocket.Frame(0x81, Encoding.ASCII.GetBytes(Hello)));
        await ExpectAsync(socket, "\"type\":\"welcome\"");
    }

    [Fact]
    public async Task A_client_that_is_cut_during_the_handshake_harms_nobody()
    {
        await using var system = await EmbeddedSystem.StartAsync(new SystemSettings());
        for (var i = 0; i < 50; i++)
        {
            using var socket = await ConnectAsync(system.Gateways[0]);
            await socket.SendAsync(Upgrade(system.Gateways[0]));
            socket.LingerState = new LingerOption(true, 0);
        }
        await using var raw = await RawWebSocket.OpenAsync(system.Gateways[0]);
        await raw.SendTextAsync(Hello);
        Assert.Equal(1, (await raw.ReadAsync())?.Opcode);
    }

    [Fact]
    public async Task Requests_in_a_row_give_the_thread_back()
    {
        const int requests = 1_000;
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(new byte[requests]);
        var reader = new OpenPipeReader(pipe.Reader, null!);
        var read = reader.ReadAsync();
        var reads = 0;
        for (; read.IsCompleted && reads < requests; reads++)
        {
            reader.AdvanceTo((await read).Buffer.GetPosition(1));
            read = reader.ReadAsync();
        }
        // All of it is there: only because the turn is over does a read wait, and goes on by itself.
        Assert.InRange(reads, 1, requests - 1);
        Assert.Equal(requests - reads, (await read.AsTask().WaitAsync(Patience)).Buffer.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Where_TLS_ends_here_the_framework_serves(int http)
    {
        using var folder = new TemporaryFolder();
        using var certificate = SelfSigned();
        await using var app = GatewayHost.Build([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Storage:DataFolder"] = folder.Path,
                ["Gateway:InlineSockets"] = "false",
            });
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            }));
        });
        await app.StartAsync();
        using var limit = new CancellationTokenSource(Patience);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("camdiv.v1");
        client.Options.HttpVersion = new Version(http, http == 1 ? 1 : 0);
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await client.ConnectAsync(new Uri(app.Urls.First().Replace("https", "wss", StringComparison.Ordinal) + "/ws"), invoker, limit.Token);
        await client.SendAsync(Encoding.ASCII.GetBytes(Hello), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[2_000];
        var welcome = await client.ReceiveAsync(buffer, limit.Token);
        Assert.Contains("\"welcome\"", Encoding.UTF8.GetString(buffer, 0, welcome.Count), StringComparison.Ordinal);
        await client.CloseAsync((WebSocketCloseStatus)3210, "", limit.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        await app.StopAsync(limit.Token);
    }

    private static byte[] Upgrade(Uri gateway) => Encoding.ASCII.GetBytes(
        $"GET /ws HTTP/1.1\r\nHost: {gateway.Authority}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: camdiv.v1\r\n\r\n");

    private static async Task<Socket> ConnectAsync(Uri gateway)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
        return socket;
    }

    private static async Task ExpectAsync(Socket socket, string words)
    {
        using var limit = new CancellationTokenSource(Patience);
        var received = new StringBuilder();
        var buffer = new byte[4_096];
        while (!received.ToString().Contains(words, StringComparison.Ordinal))
        {
            try
            {
                var count = await socket.ReceiveAsync(buffer, limit.Token);
                Assert.True(count > 0, $"The gateway ended the connection before '{words}': {received}");
                received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not in time: '{words}' after {received}");
            }
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
