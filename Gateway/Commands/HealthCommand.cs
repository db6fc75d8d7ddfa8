using System.CommandLine;

namespace Camdiv.Gateway.Commands;

/// <summary><c>health</c>: asks a node whether it is ready, for container images that have no other program to ask with.</summary>
public static class HealthCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "health";

    private const string Variable = "CAMDIV_HEALTH_URL";
    private const string Usual = "http://127.0.0.1:5080/healthz/ready";

    private static readonly Argument<string> Address = new("URL")
    {
        Description = $"What to ask; else the environment's {Variable}, else {Usual}.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url ? url : Usual,
    };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command(Name, "Asks a node for its health: exits with 0 when it answers 200, else with 1.") { Address };
        command.SetAction(async (parsed, cancellation) =>
        {
            var answer = await AskAsync(parsed.GetRequiredValue(Address), cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(answer ?? "ready");
            return answer is null ? 0 : GatewayHost.ExitFailed;
        });
        return command;
    }

    // What is wrong, or null.
    private static async Task<string?> AskAsync(string url, CancellationToken cancellation)
    {
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(4) };
            using var response = await http.GetAsync(new Uri(url), cancellation);
            return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            return exception.Message;
        }
    }
}
