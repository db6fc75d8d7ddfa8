using System.CommandLine;
using Camdiv.Gateway.Configuration;

namespace Camdiv.Gateway.Commands;

/// <summary><c>turn …</c>: what operators ask of the TURN servers. The same in the gateway and in the cluster node.</summary>
public static class TurnCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "turn";

    /// <summary>Creates the command. What none of its options takes is configuration, as <c>--SECTION:KEY=VALUE</c>.</summary>
    public static Command Create() => new(Name, "Checks the TURN servers of the section Ice, and estimates what they cost.")
    {
        TurnCheckCommand.Create(),
        TurnBillCommand.Create(),
    };

    /// <summary>Runs this command, or <see cref="HealthCommand"/>, on its own.</summary>
    /// <param name="args">The command line, which begins with the command's name.</param>
    /// <param name="output">Where answers go.</param>
    /// <param name="error">Where complaints go.</param>
    /// <returns>0; 1 for a fault found or a mistake in the command line; 2 for mistakes in the configuration.</returns>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("The gateway. Without a command it serves; any configuration key can be given as --SECTION:KEY=VALUE.")
        {
            Create(),
            HealthCommand.Create(),
        };
        return root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null })
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
    }

    internal static IceOptions ReadIce(ParseResult parsed)
    {
        var report = new ConfigurationReport();
        var ice = report.Read<IceOptions>(
            GatewayHost.CreateBuilder([.. parsed.UnmatchedTokens]).Configuration, IceOptions.Section);
        report.Add(IceOptions.Section, ice.Problems());
        report.ThrowIfAny();
        return ice;
    }
}
