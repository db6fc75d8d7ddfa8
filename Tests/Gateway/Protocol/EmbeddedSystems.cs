using Camdiv.Gateway;
using Camdiv.Tests.Kit;
using Camdiv.Tests.Kit.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Camdiv.Tests.Gateway.Protocol;

/// <summary>Starts a gateway of its own for every test: the real host on real Kestrel, in the test's process.</summary>
/// <param name="framing">Who speaks RFC 6455.</param>
public sealed class EmbeddedSystems(string framing = "own") : ISystemFactory
{
    /// <inheritdoc/>
    public async Task<ISystemUnderTest> StartAsync(SystemSettings settings) =>
        await EmbeddedSystem.StartAsync(settings.With("Gateway:Framing", framing));
}

/// <summary>One gateway on the embedded engine, on a port of its own, with a data folder of its own.</summary>
public sealed class EmbeddedSystem : ISystemUnderTest
{
    private readonly WebApplication _app;
    private readonly TemporaryFolder _data;
    private readonly LogCapture _log;

    private EmbeddedSystem(WebApplication app, TemporaryFolder data, LogCapture log)
    {
        _app = app;
        _data = data;
        _log = log;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Uri> Gateways => [new Uri(_app.Urls.First())];

    /// <inheritdoc/>
    public string Output => _log.Text;

    /// <summary>Its parts, for what the wire does not tell.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it.</summary>
    public static async Task<EmbeddedSystem> StartAsync(SystemSettings settings)
    {
        var data = new TemporaryFolder();
        var log = new LogCapture();
        var page = Path.Combine(Repository.Root, "Gateway", "wwwroot");
        var app = GatewayHost.Build(["--urls=http://127.0.0.1:0"], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Storage:DataFolder"] = data.Path,
                ["Gateway:WebRoot"] = page,
                // Of the whole test process, so left as the other tests need it.
                ["Gateway:InlineSockets"] = "false",
                [Keys.PerAddress] = "1000",
            });
            builder.Configuration.AddInMemoryCollection(settings.Values.Select(p => KeyValuePair.Create(p.Key, (string?)p.Value)));
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
        });
        await app.StartAsync();
        return new EmbeddedSystem(app, data, log);
    }

    /// <summary>Stops it and insists that it logged no error.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
        Assert.True(_log.Errors.Count == 0, "The gateway logged errors:\n" + string.Join('\n', _log.Errors));
    }

    private sealed class LogCapture : ILoggerProvider
    {
        private readonly List<string> _lines = [];
        private readonly List<string> _errors = [];

        public string Text
        {
            get
            {
                lock (_lines)
                {
                    return string.Join('\n', _lines);
                }
            }
        }

        public IReadOnlyList<string> Errors
        {
            get
            {
                lock (_lines)
                {
                    return [.. _errors];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(LogCapture capture, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var line = $"{logLevel} {category}: {formatter(state, exception)} {exception}";
                lock (capture._lines)
                {
                    capture._lines.Add(line);
                    if (logLevel >= LogLevel.Error)
                    {
                        capture._errors.Add(line);
                    }
                }
            }
        }
    }
}
