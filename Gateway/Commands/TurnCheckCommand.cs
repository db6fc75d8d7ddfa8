using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Camdiv.Gateway.Configuration;
using Camdiv.Gateway.Turn;

namespace Camdiv.Gateway.Commands;

/// <summary><c>turn check</c>.</summary>
internal static class TurnCheckCommand
{
    private static readonly Option<string?> Authorities = new("--ca")
    {
        Description = "PEM file of authorities to believe instead of the system's.",
    };

    private static readonly Option<string?> Realm = new("--realm") { Description = "The realm the servers must name." };

    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "Seconds one server and transport may take.",
        DefaultValueFactory = _ => 8,
    };

    private static readonly Option<bool> AllSecrets = new("--all-secrets")
    {
        Description = "Tries every secret of a region, not only the one that signs: before and after a rotation.",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Writes JSON instead of a table." };

    public static Command Create()
    {
        var command = new Command(
            "check",
            "Allocates on every address and transport of each region of Ice:Regions with a minted credential, and says what fails.")
        {
            Authorities, Realm, Timeout, AllSecrets, Json,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        IceOptions ice;
        TurnTrust trust;
        try
        {
            ice = TurnCommand.ReadIce(parsed);
            trust = new TurnTrust(parsed.GetValue(Authorities) is { } file ? Load(file) : null);
        }
        catch (ConfigurationMistakesException mistakes)
        {
            await error.WriteLineAsync(mistakes.Message);
            return GatewayHost.ExitBadConfiguration;
        }
        catch (Exception exception) when (exception is IOException or CryptographicException)
        {
            await error.WriteLineAsync($"--ca: {exception.Message}");
            return GatewayHost.ExitFailed;
        }
        if (ice.Regions.Length == 0)
        {
            await error.WriteLineAsync("Ice:Regions names no TURN region; there is nothing to check.");
            return GatewayHost.ExitBadConfiguration;
        }
        var options = new TurnProbeOptions(
            ice.CredentialTtlSeconds, TimeSpan.FromSeconds(Math.Max(1, parsed.GetValue(Timeout))), parsed.GetValue(Realm), trust);
        var findings = await new TurnCheck(new TurnProbe(options, TimeProvider.System))
            .RunAsync(ice.Regions, parsed.GetValue(AllSecrets), cancellation);
        await (parsed.GetValue(Json) ? output.WriteLineAsync(ToJson(findings)) : WriteTableAsync(output, findings));
        return findings.Any(finding => finding.Grade == TurnGrade.Bad) ? GatewayHost.ExitFailed : 0;
    }

    private static X509Certificate2Collection Load(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"{file} holds no certificate.");
    }

    private static async Task WriteTableAsync(TextWriter output, IReadOnlyList<TurnFinding> findings)
    {
        var region = findings.Max(finding => finding.Region.Length);
        var where = findings.Max(finding => finding.Where.Length);
        foreach (var finding in findings)
        {
            await output.WriteLineAsync(
                $"{Word(finding.Grade),-4}  {finding.Region.PadRight(region)}  {Word(finding.Transport),-3}  {finding.Where.PadRight(where)}  {finding.Text}");
        }
        var bad = findings.Count(finding => finding.Grade == TurnGrade.Bad);
        await output.WriteLineAsync(bad == 0 ? $"All {findings.Count} ways work." : $"{bad} of {findings.Count} ways fail.");
    }

    private static string ToJson(IReadOnlyList<TurnFinding> findings) => new JsonArray([.. findings.Select(finding => new JsonObject
    {
        ["region"] = finding.Region,
        ["transport"] = finding.Transport is null ? null : Word(finding.Transport),
        ["where"] = finding.Where,
        ["grade"] = Word(finding.Grade),
        ["text"] = finding.Text,
    })]).ToJsonString(new() { WriteIndented = true });

    private static string Word(TurnTransport? transport) => transport?.ToString().ToLowerInvariant() ?? "-";

    private static string Word(TurnGrade grade) => grade switch
    {
        TurnGrade.Good => "ok",
        TurnGrade.Doubtful => "warn",
        _ => "FAIL",
    };
}
