using Camdiv.Gateway.Commands;

namespace Camdiv.Gateway;

/// <summary>The gateway on its own: the whole product in one process. <c>turn …</c> and <c>health</c> only ask.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args is [TurnCommand.Name or HealthCommand.Name, ..]
        ? TurnCommand.RunAsync(args, Console.Out, Console.Error)
        : GatewayHost.RunAsync(() => GatewayHost.Build(args), Console.Error);
}
