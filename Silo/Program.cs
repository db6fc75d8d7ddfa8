using Camdiv.Silo.Commands;

namespace Camdiv.Silo;

/// <summary>The cluster node, and the tools that ask a running cluster.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(args, Console.Out, Console.Error);
}
