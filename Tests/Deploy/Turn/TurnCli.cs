using System.Globalization;
using System.Text.Json;
using Camdiv.Gateway.Commands;

namespace Camdiv.Tests.Deploy.Turn;

/// <summary>The <c>turn</c> command as an operator runs it.</summary>
internal static class TurnCli
{
    /// <summary>Runs it.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await TurnCommand.RunAsync(["turn", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs <c>turn check --json</c> on one region; findings by transport, <c>-</c> when it came to none.</summary>
    public static async Task<(int ExitCode, IReadOnlyDictionary<string, (string Grade, string Text)> Findings)> CheckAsync(
        int port, int tlsPort, string secret = RegionServer.Secret, string host = "localhost", params string[] more)
    {
        var (code, output, error) = await RunAsync(
        [
            "check", "--json", .. more.Contains("--timeout") ? Array.Empty<string>() : ["--timeout", "20"], .. Region(port, tlsPort, secret, host), .. more,
        ]);
        Assert.Equal("", error);
        using var json = JsonDocument.Parse(output);
        var findings = json.RootElement.EnumerateArray().ToDictionary(
            finding => finding.GetProperty("transport").GetString() ?? "-",
            finding => (finding.GetProperty("grade").GetString()!, finding.GetProperty("text").GetString()!));
        return (code, findings);
    }

    /// <summary>One region as configuration.</summary>
    public static string[] Region(int port, int tlsPort, string secret = RegionServer.Secret, string host = "localhost") =>
    [
        "--Ice:Regions:0:Name=here", $"--Ice:Regions:0:Host={host}", $"--Ice:Regions:0:Secrets:0={secret}",
        string.Create(CultureInfo.InvariantCulture, $"--Ice:Regions:0:TurnPort={port}"),
        string.Create(CultureInfo.InvariantCulture, $"--Ice:Regions:0:TlsPort={tlsPort}"),
    ];
}
