using System.Globalization;

namespace Camdiv.Tests.Kit;

/// <summary>What a test takes from the environment, so that a run may last longer than the usual one or replay a seed.</summary>
public static class LongRun
{
    /// <summary>The number that a variable holds.</summary>
    /// <param name="variable">Its name.</param>
    /// <param name="usual">The number when it holds none.</param>
    public static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : usual;
}
