using System.Diagnostics;

namespace Camdiv.Tests.Kit;

/// <summary>Programs that end by themselves.</summary>
public static class Run
{
    /// <summary>What a program said and how it ended.</summary>
    /// <param name="ExitCode">Its exit code.</param>
    /// <param name="Text">Both its streams.</param>
    public readonly record struct Outcome(int ExitCode, string Text);

    /// <summary>Runs a program to its end.</summary>
    public static Outcome ToEnd(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        Dictionary<string, string>? environment = null,
        string? folder = null,
        TimeSpan? patience = null)
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
        if (!process.WaitForExit(patience ?? TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in time.");
        }
        return new Outcome(process.ExitCode, (output.Result + error.Result).Trim());
    }
}
