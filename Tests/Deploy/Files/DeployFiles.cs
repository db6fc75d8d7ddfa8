using System.Text.Json.Nodes;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The files below deploy/.</summary>
internal static class DeployFiles
{
    // Every kind of file there may be, by what its path ends with or contains; DeployFileTests holds that each has a check.
    private static readonly string[] Checked =
    [
        ".yml", ".yaml", ".json", ".cfg", ".conf", ".service", ".env", "env.example", "secrets.example", ".md",
        ".Dockerfile", ".dockerignore", "local/cluster", "coturn/rotate-secret", "tls/certificates", "coturn/camdiv-turn.nft",
    ];

    public static string Root { get; } = System.IO.Path.Combine(Repository.Root, "deploy");

    /// <summary>Paths relative to deploy/, with forward slashes.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public static IEnumerable<string> Unchecked =>
        All.Where(file => !Array.Exists(Checked, end => file.EndsWith(end, StringComparison.Ordinal)));

    public static IEnumerable<string> Ending(params string[] ends) =>
        All.Where(file => Array.Exists(ends, end => file.EndsWith(end, StringComparison.Ordinal)));

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string Text(string relative) => File.ReadAllText(Path(relative));

    /// <summary>The documents of a YAML file, by Debian's python3-yaml: the base class library reads no YAML.</summary>
    public static IReadOnlyList<JsonNode> Yaml(string relative) => YamlAt(Path(relative));

    /// <inheritdoc cref="Yaml"/>
    public static IReadOnlyList<JsonNode> YamlAt(string path) => Camdiv.Tests.Kit.Yaml.Read(path);
}
