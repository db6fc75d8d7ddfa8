using System.Net.Sockets;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration.Memory;

namespace Camdiv.Gateway;

/// <summary>Builds and runs the gateway's host: the whole product in one process.</summary>
public static class GatewayHost
{
    /// <summary>Exit code when the host could not start for a reason without a code of its own.</summary>
    public const int ExitFailed = 1;

    /// <summary>Exit code when the configuration has mistakes.</summary>
    public const int ExitBadConfiguration = 2;

    /// <summary>Exit code when the address to listen on is taken or not this machine's.</summary>
    public const int ExitAddressInUse = 3;

    /// <summary>Where the gateway listens when nothing else is configured.</summary>
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Builds the host on the embedded engine.</summary>
    /// <param name="args">Command line, such as <c>--urls</c>.</param>
    /// <param name="configure">Adds configuration or replaces services, before anything is read or registered.</param>
    /// <exception cref="ConfigurationMistakesException">The configuration has mistakes; all are listed.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CreateBuilder(args);
        configure?.Invoke(builder);
        builder.Services.AddCamdivGateway(builder.Configuration);
        builder.Services.AddEmbeddedMatchmaker(builder.Configuration);
        builder.AddCamdivTelemetry(new TelemetryIdentity("camdiv", Environment.MachineName, "embedded"));
        builder.Services.GetConfigurationReport().ThrowIfAny();
        return builder.Build().MapCamdivGateway();
    }

    /// <summary>A host builder with this product's defaults, which any configuration source overrides.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning))],
        });
        if (!HasAddress(builder.Configuration))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
        var quiet = new StartupQuiet(builder.Configuration);
        builder.Services.AddSingleton(quiet);
        foreach (var category in StartupQuiet.Categories)
        {
            builder.Logging.AddFilter(category, level => quiet.Lets(category, level));
        }
        return builder;
    }

    /// <summary>Runs a host to its end. A start that fails says why in a line per reason, without a stack trace.</summary>
    /// <param name="build">Builds the host.</param>
    /// <param name="error">Where to say it.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, TextWriter error)
    {
        WebApplication? app = null;
        try
        {
            app = build();
            var quiet = app.Services.GetService<StartupQuiet>();
            quiet?.Begin();
            await app.StartAsync();
            quiet?.End();
        }
        catch (ConfigurationMistakesException mistakes)
        {
            await error.WriteLineAsync("The configuration has mistakes:");
            foreach (var problem in mistakes.Problems)
            {
                await error.WriteLineAsync("  " + problem);
            }
            return ExitBadConfiguration;
        }
        catch (Exception exception) when (IsAddressProblem(exception))
        {
            await error.WriteLineAsync($"Cannot listen: {Innermost(exception).Message}. {exception.Message}".TrimEnd());
            await DisposeAsync(app);
            return ExitAddressInUse;
        }
        catch (Exception exception) when (app is not null)
        {
            await error.WriteLineAsync($"Cannot start: {exception.Message}");
            await DisposeAsync(app);
            return ExitFailed;
        }
        await app.WaitForShutdownAsync();
        await DisposeAsync(app);
        return 0;
    }

    private static bool HasAddress(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Any()
        || new[] { "urls", "http_ports", "https_ports" }.Any(key => !string.IsNullOrEmpty(configuration[key]));

    private static bool IsAddressProblem(Exception exception) =>
        exception is SocketException || exception is IOException { InnerException: AddressInUseException or SocketException };

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }
        return exception;
    }

    private static ValueTask DisposeAsync(WebApplication? app) => app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
