using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Systems;

/// <summary>A real Redis on a free loopback port, with a folder of its own that outlives a restart.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly int _port = FreePort.Tcp();
    private readonly string _program;
    private ProcessUnderTest? _process;

    private RedisServer(string program) => _program = program;

    /// <summary>Where it listens.</summary>
    public string ConnectionString => $"127.0.0.1:{_port}";

    /// <summary>What it wrote.</summary>
    public string Output => _process?.Output ?? "";

    /// <summary>Starts Redis; without the program the test is skipped, or fails under <c>CI=true</c>.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        var server = Create();
        await server.RestartAsync();
        return server;
    }

    /// <summary>A Redis that does not run yet.</summary>
    public static RedisServer Create() => new(Tools.Require("redis-server", "redis-server"));

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
            "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _data.Path, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always",
        ]);
        await _process.LineAsync(
            line => line.Contains("Ready to accept connections", StringComparison.Ordinal), "Redis' word that it is ready");
    }

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
