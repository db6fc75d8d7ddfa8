using Camdiv.Tests.Kit;

namespace Camdiv.Tests.Deploy.Files;

/// <summary>The systemd units, by systemd's own judgement.</summary>
public sealed class SystemdTests
{
    [Theory]
    [InlineData("camdiv.service", "camdiv.service")]
    [InlineData("camdiv-gateway.service", "camdiv-gateway.service")]
    [InlineData("camdiv-matchmaker.service", "camdiv-matchmaker.service")]
    [InlineData("coturn@.service", "coturn@ams.service")]
    public void Systemd_has_nothing_to_say_of_it(string unit, string instance)
    {
        var analyze = Tools.Require("systemd-analyze", "systemd");
        using var folder = new TemporaryFolder();
        var copy = Path.Combine(folder.Path, instance);
        // Programs of the target machine that this one may lack.
        File.WriteAllText(copy, DeployFiles.Text($"systemd/{unit}")
            .Replace("/usr/bin/dotnet", "/usr/bin/env", StringComparison.Ordinal)
            .Replace("/usr/bin/turnserver", "/usr/bin/env", StringComparison.Ordinal));
        var run = Run.ToEnd(analyze, ["verify", "--man=no", copy]);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.DoesNotContain(instance, run.Text, StringComparison.Ordinal);

        File.AppendAllText(copy, "[Service]\nNoSuchSetting=1\n");
        Assert.Contains("NoSuchSetting", Run.ToEnd(analyze, ["verify", "--man=no", copy]).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("camdiv-gateway.service", 25 + 5)]
    [InlineData("camdiv-matchmaker.service", 25 + 5)]
    [InlineData("camdiv.service", 5 + 5)]
    public void A_stop_may_take_as_long_as_the_product_needs(string unit, int least)
    {
        var line = DeployFiles.Text($"systemd/{unit}").Split('\n').Single(l => l.StartsWith("TimeoutStopSec=", StringComparison.Ordinal));
        Assert.True(int.Parse(line.Split('=')[1].TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture) >= least, line);
    }

    [Fact]
    public void Nodes_and_Redis_talk_by_TLS()
    {
        var keys = DeployFiles.Text("systemd/node.env").Split('\n').Select(line => line.Split('=')[0]).ToList();
        Assert.Empty(Samples.TlsKeys.Except(keys));
        Assert.Contains(",ssl=true,password=", DeployFiles.Text("systemd/node.env"), StringComparison.Ordinal);
        Assert.All(
            ["systemd/camdiv-gateway.service", "systemd/camdiv-matchmaker.service"],
            unit => Assert.Contains("EnvironmentFile=/etc/camdiv/node.env", DeployFiles.Text(unit), StringComparison.Ordinal));
    }
}
