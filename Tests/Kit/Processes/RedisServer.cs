namespace Camdiv.Tests.Kit.Processes;

/// <summary>A real Redis on a free loopback port, with a folder of its own that outlives a restart.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly int _port = FreePort.Tcp();
    private readonly string _program;
    private readonly string? _password;
    private readonly string? _certificate;
    private ProcessUnderTest? _process;

    private RedisServer(string program, string? password, string? certificate)
    {
        _program = program;
        _password = password;
        _certificate = certificate;
    }

    /// <summary>Where it listens, and how to get in.</summary>
    public string ConnectionString => $"127.0.0.1:{_port}"
        + (_password is null ? "" : $",password={_password}")
        + (_certificate is null ? "" : ",ssl=true");

    /// <summary>Its port.</summary>
    public int Port => _port;

    /// <summary>What it wrote.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Starts Redis; without the program the test is skipped, or fails under <c>CI=true</c>.</summary>
    /// <param name="password">The password it asks for; null: none.</param>
    /// <param name="certificate">Folder of its <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c>; null: plain text.</param>
    public static async Task<RedisServer> StartAsync(string? password = null, string? certificate = null)
    {
        var server = Create(password, certificate);
        await server.RestartAsync();
        return server;
    }

    /// <summary>A Redis that does not run yet.</summary>
    public static RedisServer Create(string? password = null, string? certificate = null) =>
        new(Tools.Require("redis-server", "redis-server"), password, certificate);

    /// <summary>Starts it on the same port and data.</summary>
    public async Task RestartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        // Written to disk at once: the membership must outlive a kill, as it does in any Redis a cluster relies on.
        _process = ProcessUnderTest.Start(_program,
        [
            .. Ports(), .. _password is null ? new string[0] : ["--requirepass", _password], "--bind", "127.0.0.1", "--dir", _data.Path, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always",
        ]);
        await _process.LineAsync(
            line => line.Contains("Ready to accept connections", StringComparison.Ordinal), "Redis' word that it is ready");
    }

    private string[] Ports() => _certificate is null
        ? ["--port", $"{_port}"]
        :
        [
            "--port", "0", "--tls-port", $"{_port}", "--tls-auth-clients", "no",
            "--tls-cert-file", Path.Combine(_certificate, "tls.crt"), "--tls-key-file", Path.Combine(_certificate, "tls.key"),
            "--tls-ca-cert-file", Path.Combine(_certificate, "ca.crt"),
        ];

    /// <summary>Kills it with signal 9.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _data.Dispose();
    }
}
