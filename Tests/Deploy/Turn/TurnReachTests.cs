using System.Net;
using System.Net.Sockets;
using System.Text;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary><c>turn check</c> when there is no sound TURN server at the other end, and for certificates.</summary>
public sealed class TurnReachTests
{
    [Fact]
    public async Task Closed_ports_are_named()
    {
        var (code, findings) = await TurnCli.CheckAsync(FreePort.UdpAndTcp(), FreePort.Tcp());
        TurnCheckTests.AssertBad("refused: nothing listens on UDP port", findings["udp"]);
        TurnCheckTests.AssertBad("connection refused: nothing listens on TCP port", findings["tcp"]);
        TurnCheckTests.AssertBad("connection refused: nothing listens on TCP port", findings["tls"]);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_named()
    {
        var (code, findings) = await TurnCli.CheckAsync(3478, 443, host: "turn.invalid");
        TurnCheckTests.AssertBad("the name does not resolve", findings["-"]);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task Silence_is_told_from_refusal()
    {
        var port = FreePort.UdpAndTcp();
        using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
        using var tcp = new TcpListener(IPAddress.Loopback, port);
        tcp.Start();
        var (_, findings) = await TurnCli.CheckAsync(port, port, more: ["--timeout", "2"]);
        TurnCheckTests.AssertBad("no answer: UDP port", findings["udp"]);
        TurnCheckTests.AssertBad("connected, but no answer in time", findings["tcp"]);
        TurnCheckTests.AssertBad("connected, but no TLS handshake in time", findings["tls"]);
    }

    [Fact]
    public async Task Another_service_on_the_port_is_named()
    {
        using var tcp = new TcpListener(IPAddress.Loopback, 0);
        tcp.Start();
        var serving = ServeAsync(tcp);
        var port = ((IPEndPoint)tcp.LocalEndpoint).Port;
        var (_, findings) = await TurnCli.CheckAsync(port, port);
        TurnCheckTests.AssertBad("something answers that does not speak STUN", findings["tcp"]);
        TurnCheckTests.AssertBad("no TLS: the port does not answer a TLS handshake", findings["tls"]);
        tcp.Stop();
        await serving;
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_named()
    {
        using var certificates = new Certificates("turn.example.org");
        await using var server = await RegionServer.StartAsync(certificates);
        var (code, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority]);
        TurnCheckTests.AssertBad("its certificate is for turn.example.org, not for localhost", findings["tls"]);
        Assert.Equal("ok", findings["udp"].Grade);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_named()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var (_, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort);
        TurnCheckTests.AssertBad("its certificate is signed by no trusted authority", findings["tls"]);
    }

    [Fact]
    public async Task A_certificate_that_is_over_is_named()
    {
        using var certificates = new Certificates(validDays: -10);
        await using var server = await RegionServer.StartAsync(certificates);
        var (_, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority]);
        TurnCheckTests.AssertBad("its certificate is valid from ", findings["tls"]);
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_a_warning()
    {
        using var certificates = new Certificates(validDays: 5);
        await using var server = await RegionServer.StartAsync(certificates);
        var (code, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority]);
        Assert.Equal("warn", findings["tls"].Grade);
        Assert.Contains("its certificate ends on", findings["tls"].Text, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Without_regions_there_is_nothing_to_check()
    {
        var (code, _, error) = await TurnCli.RunAsync("check");
        Assert.Equal(2, code);
        Assert.Contains("Ice:Regions names no TURN region", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_in_the_configuration_are_all_told()
    {
        var (code, _, error) = await TurnCli.RunAsync("check", "--Ice:Regions:0:Name=a b", "--Ice:Regions:0:Host=x:1");
        Assert.Equal(2, code);
        Assert.Contains("Ice:Regions:0:Name", error, StringComparison.Ordinal);
        Assert.Contains("Ice:Regions:0:Host", error, StringComparison.Ordinal);
        Assert.Contains("Ice:Regions:0:Secrets", error, StringComparison.Ordinal);
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
