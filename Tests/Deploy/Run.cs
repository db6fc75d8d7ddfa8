using System.Diagnostics;

namespace Camdiv.Tests.Deploy;

/// <summary>Programs that end by themselves.</summary>
internal static class Run
{
    /// <summary>What a program said and how it ended.</summary>
    public readonly record struct Outcome(int ExitCode, string Text);

    /// <summary>Runs a program to its end.</summary>
    public static Outcome ToEnd(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        Dictionary<string, string>? environment = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.WriteLine(input);
        }
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within two minutes.");
        }
        return new Outcome(process.ExitCode, (output.Result + error.Result).Trim());
    }
}
