using System.Text.Json.Nodes;

namespace Camdiv.Tests.Kit;

/// <summary>YAML, by Debian's python3-yaml: the base class library reads none.</summary>
public static class Yaml
{
    /// <summary>The documents of a file; without the reader the test is skipped, or fails under <c>CI=true</c>.</summary>
    public static IReadOnlyList<JsonNode> Read(string path)
    {
        var python = Tools.Require("python3", "python3-yaml");
        var probe = Run.ToEnd(python, ["-c", "import yaml"]);
        Tools.RequirePath(probe.ExitCode == 0 ? python : null, "python3-yaml is not installed (Debian package python3-yaml)");
        var run = Run.ToEnd(
            python,
            [
                "-c",
                "import sys, yaml, json; print(json.dumps([d for d in yaml.safe_load_all(open(sys.argv[1])) if d is not None], default=str))",
                path,
            ]);
        Assert.True(run.ExitCode == 0, $"{path}: {run.Text}");
        return [.. JsonNode.Parse(run.Text)!.AsArray().Select(document => document!)];
    }
}
