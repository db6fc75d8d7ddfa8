namespace Camdiv.Gateway.Configuration;

/// <summary>
/// Everything wrong with the configuration, collected over all sections so that one start reports it all. One instance
/// per host; <see cref="GatewayHost"/> and the start guard throw when it holds problems.
/// </summary>
public sealed class ConfigurationReport
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    /// <summary>Mistakes that keep the host from starting, each with its configuration path.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Oddities that do not, such as keys that nothing reads.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads a section into a new options object; notes values of a wrong type and unknown keys.</summary>
    /// <returns>The options; properties without a readable value keep their defaults.</returns>
    public T Read<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        var options = new T();
        SectionReader.Fill(options, configuration.GetSection(section), _problems, _warnings);
        return options;
    }

    /// <summary>Notes rules that the values of <paramref name="section"/> break.</summary>
    /// <param name="section">The section's path.</param>
    /// <param name="problems">Property paths below the section, each with a sentence.</param>
    public void Add(string section, IEnumerable<(string Property, string Problem)> problems)
    {
        foreach (var (property, problem) in problems)
        {
            _problems.Add($"{section}:{property}: {problem}");
        }
    }

    /// <summary>Notes something that an operator should know and that keeps nothing from starting.</summary>
    /// <param name="path">Configuration path of what it is about.</param>
    /// <param name="warning">A sentence without its full stop.</param>
    public void Warn(string path, string warning) => _warnings.Add($"{path}: {warning}");

    /// <summary>Throws when there are problems.</summary>
    /// <exception cref="ConfigurationMistakesException">There are.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new ConfigurationMistakesException([.. _problems]);
        }
    }
}

/// <summary>The configuration has mistakes; all of them are listed.</summary>
public sealed class ConfigurationMistakesException(IReadOnlyList<string> problems)
    : Exception("The configuration has mistakes:" + string.Concat(problems.Select(p => Environment.NewLine + "  " + p)))
{
    /// <summary>Each mistake with its configuration path.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
