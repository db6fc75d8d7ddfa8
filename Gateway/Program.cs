namespace Camdiv.Gateway;

/// <summary>The gateway on its own: the whole product in one process.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => GatewayHost.RunAsync(() => GatewayHost.Build(args), Console.Error);
}
