using System.Diagnostics;

namespace Camdiv.Tests.Load.Servers;

/// <summary>A server started by the tester on this machine, in a process of its own, and ended with it.</summary>
public sealed class LocalServer : IAsyncDisposable
{
    private const string ListeningWords = "Now listening on: ";

    private readonly Process _process;
    private readonly string? _folder;
    private readonly Queue<string> _tail = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalServer(ProcessStartInfo start, string? folder)
    {
        _folder = folder;
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(
            new InvalidOperationException($"{start.FileName} ended before it listened:\n{string.Join('\n', _tail)}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts a server of a kind and awaits that it listens.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="settings">Configuration of the product, as <c>Section:Key=value</c>; ignored by the others.</param>
    /// <param name="environment">Variables of its own.</param>
    public static async Task<LocalServer> StartAsync(
        ServerKind kind, IEnumerable<string> settings, params IEnumerable<(string Name, string Value)> environment)
    {
        var folder = kind == ServerKind.Product ? Directory.CreateTempSubdirectory("camdiv-load-").FullName : null;
        var start = kind switch
        {
            ServerKind.Product => Product(folder!, settings),
            ServerKind.Baseline => await BaselineAsync(),
            _ => Dotnet(Output("Tests/Load/Limit", "Camdiv.Tests.Limit"), ["--urls=http://127.0.0.1:0"], Repository("Tests/Load/Limit")),
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        var server = new LocalServer(start, folder);
        try
        {
            server.Address = await server._listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    // All virtual users come from one address and talk faster than people; those limits are not what is measured.
    private static ProcessStartInfo Product(string folder, IEnumerable<string> settings) => Dotnet(
        Output("Gateway", "Camdiv.Gateway"),
        [
            "--urls=http://127.0.0.1:0",
            "--Storage:DataFolder=" + folder,
            "--Gateway:Limits:ConnectionsPerAddress=1000000",
            "--Gateway:Limits:PendingPerAddress=1000000",
            "--Gateway:Limits:Connections=1000000",
            "--Gateway:Limits:FramesPerSecond=100000",
            "--Gateway:Limits:FrameBurst=1000000",
            "--Gateway:Limits:BytesPerSecond=1000000000",
            "--Gateway:Limits:ByteBurst=1000000000",
            "--Gateway:Limits:HandshakesPerSecond=1000000",
            "--Matchmaking:MaxSessions=1000000",
            .. settings.Select(setting => "--" + setting),
        ],
        Repository("Gateway"));

    private static async Task<ProcessStartInfo> BaselineAsync()
    {
        var folder = Repository("Tests/Load/baseline");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--silent"]) { WorkingDirectory = folder })!;
            await install.WaitForExitAsync();
            if (install.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci failed in {folder}; the baseline needs Node 20 and its packages.");
            }
        }
        return new ProcessStartInfo("node", ["server.js"]) { WorkingDirectory = folder };
    }

    private static ProcessStartInfo Dotnet(string dll, IEnumerable<string> arguments, string folder) =>
        new("dotnet", [dll, .. arguments]) { WorkingDirectory = folder };

    private static string Repository(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Camdiv.Orleans.sln")))
            {
                return Path.Combine(folder.FullName, path);
            }
        }
        throw new InvalidOperationException($"No Camdiv.Orleans.sln above {AppContext.BaseDirectory}.");
    }

    private static string Output(string project, string assembly)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Release";
        return Path.Combine(Repository(project), "bin", configuration, "net10.0", assembly + ".dll");
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_tail)
        {
            _tail.Enqueue(line);
            if (_tail.Count > 50)
            {
                _tail.Dequeue();
            }
        }
        var at = line.IndexOf(ListeningWords, StringComparison.Ordinal);
        if (at >= 0)
        {
            _listening.TrySetResult(new Uri(line[(at + ListeningWords.Length)..].Trim()));
        }
    }
}
