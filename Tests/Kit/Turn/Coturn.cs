using System.Globalization;
using System.Net;

namespace Camdiv.Tests.Kit.Turn;

/// <summary>A real coturn on loopback with a shared secret.</summary>
public sealed class Coturn : IAsyncDisposable
{
    private readonly ProcessUnderTest _process;
    private readonly TemporaryFolder _folder;

    private Coturn(ProcessUnderTest process, TemporaryFolder folder, int port, string secret)
    {
        _process = process;
        _folder = folder;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        Secret = secret;
    }

    /// <summary>Where it listens, for UDP and TCP.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The shared secret.</summary>
    public string Secret { get; }

    /// <summary>What it logged.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it, on a port of its own unless told one; the test is skipped where coturn is not installed.</summary>
    public static async Task<Coturn> StartAsync(string secret = "the-shared-secret", int? port = null)
    {
        var program = Tools.Require("turnserver", "coturn");
        var folder = new TemporaryFolder();
        var listening = port ?? FreePort.UdpAndTcp();
        var process = ProcessUnderTest.Start(
            program,
            [
                "-n", "--no-tls", "--no-dtls", "--no-cli", "--log-file", "stdout", "--simple-log", "--verbose",
                "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--allow-loopback-peers",
                "--listening-port", listening.ToString(CultureInfo.InvariantCulture),
                "--use-auth-secret", "--static-auth-secret", secret, "--realm", "camdiv.test",
                "--pidfile", Path.Combine(folder.Path, "turn.pid"), "--userdb", Path.Combine(folder.Path, "turn.db"),
            ],
            folder.Path);
        var coturn = new Coturn(process, folder, listening, secret);
        try
        {
            await process.LineAsync(
                line => line.Contains("UDP listener opened on", StringComparison.OrdinalIgnoreCase), "coturn's listener");
            return coturn;
        }
        catch
        {
            await coturn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills it with signal 9: every allocation is gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
