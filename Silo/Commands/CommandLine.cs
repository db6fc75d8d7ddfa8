using System.CommandLine;
using Camdiv.Gateway;
using Camdiv.Gateway.Commands;

namespace Camdiv.Silo.Commands;

/// <summary>The program's commands. Whatever is no command or option of its own is configuration.</summary>
public static class CommandLine
{
    /// <summary>Exit code when a name given to a command is not known.</summary>
    public const int ExitNotFound = 4;

    /// <summary>Exit code when Redis or the cluster does not answer.</summary>
    public const int ExitUnreachable = 5;

    /// <summary>Exit code when the cluster does not let the command in.</summary>
    public const int ExitRefused = 6;

    /// <summary>Runs the command that <paramref name="args"/> name: without one, the node.</summary>
    /// <returns>
    /// 0; 1 for a failure or a mistake in the command line; 2 for mistakes in the configuration; 3 when an address is
    /// taken; <see cref="ExitNotFound"/>; <see cref="ExitUnreachable"/>;
    /// <see cref="ExitRefused"/>.
    /// </returns>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // A node ends by its host's own graceful stop, however long that takes; the library would cut it short.
            ProcessTerminationTimeout = null,
        });
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(
            "A node of a Camdiv.Orleans cluster; without arguments a whole cluster of one on " + GatewayHost.DefaultUrl
            + ". Any configuration key can be given as --SECTION:KEY=VALUE.")
        {
            AdminCommand.Create(),
            TurnCommand.Create(),
            HealthCommand.Create(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, cancellation) => ConfigurationArguments.TryTake(parsed, out var configuration)
            ? NodeCommand.RunAsync(configuration, parsed.InvocationConfiguration.Error, cancellation)
            : Task.FromResult(GatewayHost.ExitFailed));
        return root;
    }
}
