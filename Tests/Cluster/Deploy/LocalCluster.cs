using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Deploy;

/// <summary>The cluster that deploy/local/cluster runs: two matchmakers, two gateways, Redis, coturn, all behind HAProxy.</summary>
public sealed class LocalCluster : ISystemUnderTest
{
    private const int Ports = 30;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private readonly int _base = FreeRange();

    private LocalCluster(SystemSettings settings, IReadOnlyDictionary<string, string>? environment)
    {
        foreach (var (program, package) in new[] { ("redis-server", "redis-server"), ("haproxy", "haproxy"), ("turnserver", "coturn"), ("openssl", "openssl") })
        {
            _ = Tools.Require(program, package);
        }
        _environment = new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
        {
            ["CAMDIV_LOCAL"] = _folder.Path,
            ["CAMDIV_PORT_BASE"] = _base.ToString(CultureInfo.InvariantCulture),
            ["CAMDIV_SILO"] = Repository.Output("Silo", "Camdiv.Silo"),
            ["CAMDIV_START_SECONDS"] = "180",
            ["CAMDIV_NODE_ARGUMENTS"] = string.Join(' ', settings.Arguments),
        };
    }

    /// <summary>HAProxy.</summary>
    public Uri Address => new($"http://127.0.0.1:{_base}");

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways => [Address];

    /// <inheritdoc/>
    public string Output => string.Concat(
        new[] { "matchmaker-1", "matchmaker-2", "gateway-1", "gateway-2" }.Select(LogOf));

    /// <summary>What a node wrote.</summary>
    public string LogOf(string node) => ReadLog(Path.Combine(_folder.Path, $"{node}.log"));

    /// <summary>The first of its ports.</summary>
    public int Base => _base;

    /// <summary>The folder of what its <c>NAME</c> shows to others: <c>tls.crt</c>, <c>tls.key</c>, <c>ca.crt</c>.</summary>
    public string CertificateOf(string name) => Path.Combine(_folder.Path, "certificates", name);

    /// <summary>The pids that its processes have now, by name.</summary>
    public IReadOnlyDictionary<string, int> Pids => Directory.EnumerateFiles(_folder.Path, "*.pid").ToDictionary(
        file => Path.GetFileNameWithoutExtension(file),
        file => int.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Runs <c>cluster up</c>.</summary>
    public static async Task<LocalCluster> StartAsync(
        SystemSettings settings, IReadOnlyDictionary<string, string>? environment = null, string? order = null, bool tls = false)
    {
        var cluster = new LocalCluster(settings, environment);
        var up = await cluster.RunAsync(["up", .. order is null ? new string[0] : ["--order", order], .. tls ? ["--tls"] : new string[0]]);
        if (up.ExitCode != 0)
        {
            var log = cluster.Output;
            await cluster.DisposeAsync();
            Assert.Fail($"{up.Text}\n{log}");
        }
        return cluster;
    }

    /// <summary>Runs a command of the script to its end.</summary>
    public Task<Run.Outcome> RunAsync(params string[] arguments) => Task.Run(() => Run.ToEnd(
        Path.Combine(Repository.Root, "deploy", "local", "cluster"),
        arguments,
        environment: _environment,
        patience: TimeSpan.FromMinutes(8)));

    /// <summary>Whether anything listens on one of its ports.</summary>
    public bool IsListening() => Enumerable.Range(_base, Ports).Any(port => !IsFree(port));

    /// <summary>Runs <c>cluster down</c>.</summary>
    public async ValueTask DisposeAsync()
    {
        var down = await RunAsync("down");
        Assert.True(down.ExitCode == 0, down.Text);
        _folder.Dispose();
    }

    private static string ReadLog(string file)
    {
        if (!File.Exists(file))
        {
            return "";
        }
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    // Below the ports that the system hands out to others.
    private static int FreeRange()
    {
        while (true)
        {
            var first = Random.Shared.Next(300, 1_000) * Ports;
            if (Enumerable.Range(first, Ports).All(IsFree))
            {
                return first;
            }
        }
    }

    /// <summary>Whether nothing listens there.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>Starts a local cluster for every test that asks for a system.</summary>
public sealed class LocalClusters : ISystemFactory
{
    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings) => await LocalCluster.StartAsync(settings);
}
