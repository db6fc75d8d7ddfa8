using Camdiv.Silo.Commands;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Cluster.Doors;

/// <summary>The program's <c>admin</c> commands, run in this process.</summary>
internal static class AdminCli
{
    /// <summary>Runs <c>admin</c> with words and settings.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(SystemSettings settings, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["admin", .. words, .. settings.Arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
