using Camdiv.Gateway.Turn;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary><c>turn check</c> against a real coturn: green when all is well, one clear line for each planted fault.</summary>
public sealed class TurnCheckTests
{
    [Fact]
    public async Task All_transports_of_a_sound_server_are_green()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var (code, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority]);
        Assert.Equal(["tcp", "tls", "udp"], findings.Keys.Order());
        Assert.All(findings.Values, finding => Assert.True(finding.Grade == "ok", $"{finding.Text}\n{server.Output}"));
        Assert.All(findings.Values, finding => Assert.StartsWith("allocated 127.0.0.1:", finding.Text));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task The_table_says_how_many_ways_work()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var (code, output, _) = await TurnCli.RunAsync(
            ["check", .. TurnCli.Region(server.Port, server.TlsPort), "--ca", certificates.Authority, "--timeout", "20"]);
        Assert.Contains("All 3 ways work.", output, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("--allowed-peer-ip=10.0.0.1", "it relays to 10.0.0.1")]
    [InlineData("--allowed-peer-ip=168.63.129.16", "it relays to 168.63.129.16")]
    [InlineData("--allowed-peer-ip=64:ff9b:1::a9fe:a9fe", "it relays to 64:ff9b:1::a9fe:a9fe")]
    [InlineData("--allowed-peer-ip=::7f00:1", "it relays to ::127.0.0.1")]
    public async Task A_server_that_relays_into_its_network_is_a_warning(string hole, string warning)
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates, RegionServer.Secret, "--relay-ip=::1", hole);
        var (code, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority]);
        Assert.All(findings.Values, finding => Assert.Equal("warn", finding.Grade));
        Assert.All(findings.Values, finding => Assert.Contains(warning, finding.Text, StringComparison.Ordinal));
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task A_wrong_secret_is_named()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var (code, findings) = await TurnCli.CheckAsync(
            server.Port, server.TlsPort, "another-secret-than-its", more: ["--ca", certificates.Authority]);
        Assert.All(findings.Values, finding => AssertBad("refuses the credential (401): secret 0 of the region is not", finding));
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_clock_that_is_off_is_told_from_a_wrong_secret()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var options = new TurnProbeOptions(86_400, TimeSpan.FromSeconds(20), null, new TurnTrust(null));
        var probe = new TurnProbe(options, new SkewedTime(TimeSpan.FromDays(-2)));
        var finding = await probe.RunAsync(
            new TurnTarget("here", "localhost", System.Net.IPAddress.Loopback, server.Port, TurnTransport.Udp, RegionServer.Secret, 0),
            CancellationToken.None);
        Assert.Equal(TurnGrade.Bad, finding.Grade);
        Assert.StartsWith("the secret is right, but the credential has expired for the server: its clock", finding.Text);
    }

    [Fact]
    public async Task Another_realm_is_named()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates);
        var (code, findings) = await TurnCli.CheckAsync(
            server.Port, server.TlsPort, more: ["--ca", certificates.Authority, "--realm", "turn.example.org"]);
        Assert.All(findings.Values, finding => AssertBad("its realm is 'turn.test', not 'turn.example.org'", finding));
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_relay_open_to_all_is_a_fault()
    {
        var program = Tools.Require("turnserver", "coturn");
        using var folder = new TemporaryFolder();
        var port = FreePort.UdpAndTcp();
        await using var open = ProcessUnderTest.Start(
            program,
            [
                "-n", "--no-auth", "--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout", "--simple-log", "--realm=x",
                "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", $"--listening-port={port}",
                $"--pidfile={folder.Path}/pid", $"--userdb={folder.Path}/db",
            ],
            folder.Path);
        await open.LineAsync(RegionServer.IsLastOfStart, "coturn's threads");
        var (code, findings) = await TurnCli.CheckAsync(port, FreePort.Tcp());
        AssertBad("an open relay: it allocates without credentials", findings["udp"]);
        AssertBad("an open relay: it allocates without credentials", findings["tcp"]);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task A_server_whose_quota_is_used_up_says_so()
    {
        using var certificates = new Certificates();
        await using var server = await RegionServer.StartAsync(certificates, RegionServer.Secret, "--total-quota=1");
        using var held = await HeldAllocation.OpenAsync(server.Port, RegionServer.Secret);
        var (code, findings) = await TurnCli.CheckAsync(server.Port, server.TlsPort, more: ["--ca", certificates.Authority]);
        Assert.All(findings.Values, finding => AssertBad("refuses the allocation with 486: ", finding));
        Assert.Equal(1, code);
    }

    internal static void AssertBad(string text, (string Grade, string Text) finding)
    {
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Equal("FAIL", finding.Grade);
    }

    private sealed class SkewedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
