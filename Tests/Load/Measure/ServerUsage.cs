using System.Globalization;

namespace Camdiv.Tests.Load.Measure;

/// <summary>What a local server process has used so far.</summary>
/// <param name="CpuSeconds">Processor time, user and system.</param>
/// <param name="KernelSeconds">The part of it spent in the kernel.</param>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="Threads">Threads.</param>
public readonly record struct ServerUsage(double CpuSeconds, double KernelSeconds, long ResidentBytes, int Threads)
{
    // Fixed at 100 by the kernel's interface on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Reads <c>/proc</c>; null when the process is gone or not on this machine.</summary>
    public static ServerUsage? Read(int? process)
    {
        if (process is not { } id)
        {
            return null;
        }
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The command's name is in parentheses and may hold anything; the fields after it are numbers.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var kernel = long.Parse(fields[12], CultureInfo.InvariantCulture);
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + kernel;
            var pages = long.Parse(fields[21], CultureInfo.InvariantCulture);
            return new ServerUsage(
                ticks / TicksPerSecond, kernel / TicksPerSecond, pages * Environment.SystemPageSize, int.Parse(fields[17], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Processor time that the whole machine has used since it was started.</summary>
    public static double MachineBusySeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // user, nice, system, then idle and waiting, then interrupts and what a host took away.
        return new[] { 1, 2, 3, 6, 7, 8 }.Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
