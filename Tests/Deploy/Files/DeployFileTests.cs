using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>Every file below deploy/ is at least read by something that knows its kind.</summary>
public sealed partial class DeployFileTests
{
    [Fact]
    public void No_file_is_of_a_kind_that_nothing_checks()
    {
        Assert.True(DeployFiles.All.Count > 30);
        Assert.Empty(DeployFiles.Unchecked);
    }

    [Fact]
    public void Yaml_parses()
    {
        var files = DeployFiles.Ending(".yml", ".yaml").ToList();
        Assert.True(files.Count > 15);
        Assert.All(files, file => Assert.NotEmpty(DeployFiles.Yaml(file)));
    }

    [Fact]
    public void Json_parses() =>
        Assert.All(DeployFiles.Ending(".json"), file => Assert.IsType<JsonObject>(JsonNode.Parse(DeployFiles.Text(file))));

    [Fact]
    public void Environment_files_hold_assignments_and_comments()
    {
        var files = DeployFiles.Ending(".env", "env.example").ToList();
        Assert.True(files.Count >= 4);
        foreach (var file in files)
        {
            Assert.All(
                DeployFiles.Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries),
                line => Assert.Matches(AssignmentPattern(), line));
        }
    }

    [Theory]
    [InlineData("local/cluster")]
    [InlineData("coturn/rotate-secret")]
    [InlineData("tls/certificates")]
    [InlineData("kubernetes/overlays/example/secrets.example")]
    public void Scripts_parse(string file)
    {
        var run = Run.ToEnd(Tools.Require("bash", "bash"), ["-n", DeployFiles.Path(file)]);
        Assert.True(run.ExitCode == 0, run.Text);
    }

    [Theory]
    [InlineData("local/cluster")]
    [InlineData("coturn/rotate-secret")]
    [InlineData("tls/certificates")]
    public void Scripts_can_be_run(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(DeployFiles.Path(file)).HasFlag(UnixFileMode.UserExecute));
        }
    }

    [Fact]
    public void No_file_holds_a_secret()
    {
        foreach (var file in DeployFiles.All)
        {
            Assert.DoesNotContain("PRIVATE KEY", DeployFiles.Text(file), StringComparison.Ordinal);
            Assert.All(
                SecretPattern().Matches(DeployFiles.Text(file)).Select(match => match.Groups["value"].Value),
                value => Assert.Matches("^(|CHANGE-ME|\\?set|\\$.*|\"\\$.*|\\{.*|camdiv-.*)$", value));
        }
    }

    [GeneratedRegex(@"^(#.*|[A-Za-z_][A-Za-z0-9_]*=.*)$")]
    private static partial Regex AssignmentPattern();

    [GeneratedRegex(@"(?i)(secrets__\d+|turn_secret(_[a-z]+)?|password)[ \t]*[=:][ \t]*(?<value>\S*)")]
    private static partial Regex SecretPattern();
}
