using System.Text.RegularExpressions;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The Dockerfiles as far as they can be judged without a container engine.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Instructions =
        ["FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT"];

    public static TheoryData<string, string> Files => new()
    {
        { "docker/node.Dockerfile", "Silo/Camdiv.Silo.csproj" },
        { "docker/gateway.Dockerfile", "Gateway/Camdiv.Gateway.csproj" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void It_is_of_known_instructions_and_ends_without_rights(string file, string project)
    {
        var lines = Read(file);
        Assert.All(lines, line => Assert.Contains(line.Word, Instructions));
        var stages = lines.Count(line => line.Word == "FROM");
        Assert.Equal(2, stages);
        var last = lines.SkipWhile((line, i) => lines.Take(i + 1).Count(l => l.Word == "FROM") < stages).ToList();
        Assert.Contains(last, line => line is { Word: "USER", Arguments: "$APP_UID" });
        Assert.Contains(last, line => line.Word == "HEALTHCHECK" && line.Arguments.Contains("\"health\"", StringComparison.Ordinal));
        Assert.DoesNotContain(last, line => line.Word == "RUN");
        Assert.Contains(last, line => line.Word == "ENTRYPOINT"
            && line.Arguments.Contains($"{Path.GetFileNameWithoutExtension(project)}.dll", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_copies_what_exists_and_every_project_that_is_needed(string file, string project)
    {
        var copied = Read(file)
            .Where(line => line.Word == "COPY" && !line.Arguments.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Arguments.Split(' ')[..^1])
            .ToList();
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{path} does not exist"));
        Assert.All(Closure(project), needed =>
        {
            Assert.Contains(needed, copied);
            Assert.Contains(needed.Split('/')[0] + "/", copied);
        });
        var ignored = DeployFiles.Text($"{file}.dockerignore").Split('\n');
        Assert.All(copied, path => Assert.Contains($"!{path.Split('/')[0]}", ignored));
    }

    private static HashSet<string> Closure(string project)
    {
        var found = new HashSet<string>();
        var next = new Queue<string>([project]);
        while (next.TryDequeue(out var one))
        {
            if (found.Add(one))
            {
                foreach (Match match in ReferencePattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, one))))
                {
                    next.Enqueue(match.Groups[1].Value);
                }
            }
        }
        return found;
    }

    private static List<(string Word, string Arguments)> Read(string file) =>
    [
        .. DeployFiles.Text(file).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(' ', 2))
            .Select(parts => (parts[0], parts.Length > 1 ? parts[1].Trim() : "")),
    ];

    [GeneratedRegex(@"<ProjectReference Include=""\.\./([^""]+)""")]
    private static partial Regex ReferencePattern();
}
