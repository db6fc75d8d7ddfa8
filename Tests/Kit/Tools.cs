namespace Camdiv.Tests.Kit;

/// <summary>Programs that some tests need and a user's machine may lack.</summary>
public static class Tools
{
    /// <summary>Whether an automated run must not skip: <c>CI=true</c>.</summary>
    public static bool IsAutomated =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>coturn's server.</summary>
    public static string? TurnServer => Find("turnserver");

    /// <summary>A Chromium browser.</summary>
    public static string? Chromium => Find("chromium") ?? Find("chromium-browser") ?? Find("google-chrome");

    /// <summary>The Redis server.</summary>
    public static string? RedisServer => Find("redis-server");

    /// <summary>Node.js.</summary>
    public static string? Node => Find("node");

    /// <summary>The path of a program on <c>PATH</c>, in the usual system folders, or null.</summary>
    public static string? Find(string program)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator)
            .Concat(["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>
    /// The path of a program; without it the test is skipped with the reason, and fails where <c>CI=true</c>.
    /// </summary>
    public static string Require(string program, string package) =>
        RequirePath(Find(program), $"{program} is not installed (Debian package {package})");

    /// <summary>As <see cref="Require"/>, for a path that was looked for already.</summary>
    public static string RequirePath(string? path, string reason)
    {
        if (path is null && IsAutomated)
        {
            Assert.Fail($"CI=true, but {reason}.");
        }
        Assert.SkipWhen(path is null, reason);
        return path!;
    }
}
