using System.Globalization;
using System.Net;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>A real coturn as deploy/coturn configures it, on loopback, with secrets in its database.</summary>
internal sealed class RegionServer : IAsyncDisposable
{
    public const string Realm = "turn.test";
    public const string Secret = "the-secret-of-the-region";

    private readonly TemporaryFolder _folder = new();
    private readonly ProcessUnderTest? _process;

    private RegionServer(Certificates certificates, string secret, string[] more)
    {
        var program = Tools.Require("turnserver", "coturn");
        _ = Tools.Require("turnadmin", "coturn");
        RotateSecret("add", secret);
        _process = ProcessUnderTest.Start(
            program,
            [
                "-c", Path.Combine(Repository.Root, "deploy", "coturn", "turnserver.conf"),
                "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers",
                Number("--listening-port", Port), Number("--tls-listening-port", TlsPort),
                $"--realm={Realm}", $"--userdb={Database}", $"--pidfile={Path.Combine(_folder.Path, "pid")}",
                $"--cert={certificates.Certificate}", $"--pkey={certificates.Key}",
                .. more,
            ],
            _folder.Path);
    }

    /// <summary>Where it listens for UDP and TCP.</summary>
    public int Port { get; } = FreePort.UdpAndTcp();

    /// <summary>The same, with its address.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>Where it listens for TLS.</summary>
    public int TlsPort { get; } = FreePort.UdpAndTcp();

    /// <summary>What it logged.</summary>
    public string Output => _process?.Output ?? "";

    private string Database => Path.Combine(_folder.Path, "turndb");

    public static async Task<RegionServer> StartAsync(Certificates certificates, string secret = Secret, params string[] more)
    {
        var server = new RegionServer(certificates, secret, more);
        await server._process!.LineAsync(IsLastOfStart, "coturn's threads");
        return server;
    }

    /// <summary>Whether a line is the last word of coturn's start: the former of 4.6, the latter of 4.17.</summary>
    public static bool IsLastOfStart(string line) =>
        line.Contains("Total General servers", StringComparison.Ordinal) || line.Contains("Total auth threads", StringComparison.Ordinal);

    /// <summary>Runs deploy/coturn/rotate-secret on its database.</summary>
    public string RotateSecret(string verb, string? secret = null)
    {
        var run = Run.ToEnd(
            Path.Combine(Repository.Root, "deploy", "coturn", "rotate-secret"),
            [verb],
            input: secret,
            environment: new() { ["TURN_REALM"] = Realm, ["TURN_DB"] = Database },
            folder: _folder.Path);
        Assert.True(run.ExitCode == 0, run.Text);
        return run.Text;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _folder.Dispose();
    }

    private static string Number(string option, int value) => string.Create(CultureInfo.InvariantCulture, $"{option}={value}");
}
