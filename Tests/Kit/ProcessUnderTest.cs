using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Camdiv.Tests.Kit;

/// <summary>A program started for a test: its output captured, its death certain.</summary>
public sealed class ProcessUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(Predicate<string> Fits, TaskCompletionSource<string> Found)> _awaited = [];

    private ProcessUnderTest(Process process) => _process = process;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it wrote so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts <c>dotnet DLL</c>.</summary>
    public static ProcessUnderTest StartDotnet(
        string dll,
        IEnumerable<string> arguments,
        string? workingFolder = null,
        IReadOnlyDictionary<string, string>? environment = null) =>
        Start("dotnet", [dll, .. arguments], workingFolder, environment);

    /// <summary>Starts a program.</summary>
    public static ProcessUnderTest Start(
        string program,
        IEnumerable<string> arguments,
        string? workingFolder = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingFolder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        var under = new ProcessUnderTest(new Process { StartInfo = start });
        under._process.OutputDataReceived += (_, line) => under.Take(line.Data);
        under._process.ErrorDataReceived += (_, line) => under.Take(line.Data);
        under._process.Start();
        under._process.BeginOutputReadLine();
        under._process.BeginErrorReadLine();
        return under;
    }

    /// <summary>Awaits a line of output, past ones included.</summary>
    public async Task<string> LineAsync(Predicate<string> fits, string what, TimeSpan? timeout = null)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Split('\n').FirstOrDefault(line => fits(line)) is { } line)
            {
                return line;
            }
            _awaited.Add((fits, found));
        }
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
        var ended = _process.WaitForExitAsync(limit.Token);
        var first = await Task.WhenAny(found.Task, ended).ConfigureAwait(false);
        if (first == found.Task)
        {
            return await found.Task.ConfigureAwait(false);
        }
        // The last lines of a process that ended may still be on their way through the pipe.
        var fate = limit.IsCancellationRequested ? "did not come in time" : $"did not come: the process ended ({ExitCode})";
        return found.Task.IsCompletedSuccessfully
            ? found.Task.Result
            : throw new TimeoutException($"{what} {fate}. Output:\n{Output}");
    }

    /// <summary>Awaits ASP.NET Core's word that it listens, and where.</summary>
    public async Task<Uri> ListeningAsync(TimeSpan? timeout = null)
    {
        const string words = "Now listening on: ";
        var line = await LineAsync(l => l.Contains(words, StringComparison.Ordinal), "'Now listening on'", timeout)
            .ConfigureAwait(false);
        return new Uri(line[(line.IndexOf(words, StringComparison.Ordinal) + words.Length)..].Trim());
    }

    /// <summary>Kills it with signal 9 and awaits its end.</summary>
    public async Task KillAsync()
    {
        Signal(9);
        await EndedAsync().ConfigureAwait(false);
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate() => Signal(15);

    /// <summary>Freezes it (SIGSTOP).</summary>
    public void Freeze() => Signal(19);

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Thaw() => Signal(18);

    /// <summary>Awaits its end.</summary>
    public async Task EndedAsync(TimeSpan? timeout = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout ?? TimeSpan.FromSeconds(15)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The process {Id} did not end in time. Output:\n{Output}");
        }
    }

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await EndedAsync().ConfigureAwait(false);
        }
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} to {Id} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_output)
        {
            _output.Append(line).Append('\n');
            _awaited.RemoveAll(wait => wait.Fits(line) && wait.Found.TrySetResult(line));
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
