namespace Camdiv.Tests.Kit.Processes;

/// <summary>One process of a real cluster, which can be killed, frozen and started again on its ports.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    private readonly string[] _arguments;
    private readonly TemporaryFolder _data = new();
    private readonly int _httpPort = FreePort.Tcp();
    private readonly System.Text.StringBuilder _earlier = new();
    private ProcessUnderTest? _process;

    /// <summary>Prepares a node; it does not run yet.</summary>
    /// <param name="role"><c>matchmaker</c> or <c>gateway</c>; <c>silo</c> is both.</param>
    /// <param name="name">Its name.</param>
    /// <param name="redis">Where the cluster meets.</param>
    /// <param name="settings">Further settings; they win.</param>
    public ClusterNode(string role, string name, RedisServer redis, SystemSettings settings)
    {
        Role = role;
        Name = $"{role}-{name}";
        _arguments =
        [
            $"--Redis:ConnectionString={redis.ConnectionString}",
            .. role == "silo" ? Array.Empty<string>() : [$"--Silo:Roles:0={role}"],
            $"--Silo:Name={name}",
            $"--Silo:SiloPort={SiloPort}",
            "--Silo:AdvertisedAddress=127.0.0.1",
            .. IsGateway
                ? new[] { $"--urls={Address.GetLeftPart(UriPartial.Authority)}" }
                : [$"--Silo:OpsPort={_httpPort}", "--Silo:OpsAddress=127.0.0.1", $"--Silo:GatewayPort={ClientPort}"],
            $"--Storage:DataFolder={_data.Path}",
            "--Gateway:Limits:ConnectionsPerAddress=100000",
            "--Gateway:Limits:PendingPerAddress=100000",
            "--Logging:Console:FormatterName=simple",
            "--Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff ",
            "--Logging:Console:FormatterOptions:UseUtcTimestamp=true",
            .. settings.Arguments,
        ];
    }

    /// <summary>Its role.</summary>
    public string Role { get; }

    /// <summary>Its name in the membership.</summary>
    public string Name { get; }

    /// <summary>Whether it serves browsers.</summary>
    public bool IsGateway => Role != "matchmaker";

    /// <summary>Its port among nodes.</summary>
    public int SiloPort { get; } = FreePort.Tcp();

    /// <summary>Its port for admin commands; a gateway has none.</summary>
    public int ClientPort { get; } = FreePort.Tcp();

    /// <summary>Its HTTP address: the browsers' on a gateway, the operators' on a matchmaker.</summary>
    public Uri Address => new($"http://127.0.0.1:{_httpPort}");

    /// <summary>The process that runs now.</summary>
    public ProcessUnderTest Process => _process ?? throw new InvalidOperationException($"{Name} does not run.");

    /// <summary>What it wrote, over all its lives.</summary>
    public string Output => _earlier.ToString() + _process?.Output;

    /// <summary>Starts the process; it comes up in the background.</summary>
    public void Launch() =>
        _process = ProcessUnderTest.StartDotnet(Repository.Output("Silo", "Camdiv.Silo"), _arguments, Repository.Root);

    /// <summary>Awaits that it says it is ready.</summary>
    public async Task ReadyAsync()
    {
        await Process.ListeningAsync(StartPatience);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Until.TrueAsync(() => AnswersAsync(http, "/healthz/ready"), $"{Name} is ready", StartPatience);
        if (IsGateway)
        {
            await Until.TrueAsync(() => AnswersAsync(http, "/stats"), $"{Name} reaches the cluster", StartPatience);
        }
    }

    /// <summary>Starts it again after it ended, and awaits that it is ready.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        _earlier.Append(Process.Output);
        Launch();
        await ReadyAsync();
    }

    /// <summary>What it answers to a request of that path.</summary>
    public async Task<System.Net.HttpStatusCode> AskAsync(string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var response = await http.GetAsync(new Uri(Address, path));
        return response.StatusCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
        _data.Dispose();
    }

    private async Task<bool> AnswersAsync(HttpClient http, string path)
    {
        if (Process.HasExited)
        {
            throw new InvalidOperationException($"{Name} ended with {Process.ExitCode}. Output:\n{Process.Output}");
        }
        try
        {
            using var response = await http.GetAsync(new Uri(Address, path));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
