using Camdiv.Gateway;
using Camdiv.Gateway.Configuration;
using Camdiv.Silo.Hosting;
using Camdiv.Silo.Redis;
using Microsoft.AspNetCore.Builder;
using StackExchange.Redis;

namespace Camdiv.Silo.Commands;

/// <summary>Runs the node.</summary>
internal static class NodeCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter error, CancellationToken cancellation)
    {
        Task<WebApplication> building;
        using (var waiting = new TerminationSignals())
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, waiting.Token))
        {
            building = SiloHost.BuildAsync(args, cancellation: either.Token);
            try
            {
                await building;
            }
            catch (ConfigurationMistakesException)
            {
                // Told below, as the gateway tells them.
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                return 0;
            }
            catch (Exception exception) when (exception is RedisUnavailableException or RedisException)
            {
                await error.WriteLineAsync($"Cannot start: {exception.Message}");
                return CommandLine.ExitUnreachable;
            }
        }
        return await GatewayHost.RunAsync(() => building.GetAwaiter().GetResult(), error);
    }
}
