using System.CommandLine;
using Camdiv.Gateway;
using Camdiv.Grains;

namespace Camdiv.Silo.Commands;

/// <summary><c>admin …</c>: asks a running cluster, or tells it something.</summary>
internal static class AdminCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Writes JSON instead of a table.", Recursive = true };

    public static Command Create()
    {
        var admin = new Command(
            "admin",
            "Asks a running cluster: the one of Redis:ConnectionString, Silo:ClusterId and Silo:ServiceId, else the node on "
            + "this machine at Silo:GatewayPort. With Silo:Tls it shows the certificate of Silo:Tls:Certificate and Silo:Tls:Key "
            + "and trusts nodes of Silo:Tls:Authority; Silo:AdminKey is proved where nodes ask for it. Nodes log who asked for what.")
        {
            Json,
            Report("online", "Users with a live connection, by gateway.", AdminViews.Online),
            Report("searching", "Users waiting for a stranger, by chat type.", AdminViews.Searching),
            Report("rooms", "Rooms, by the gateway of their initiator.", AdminViews.Rooms),
            Report("silos", "The cluster's nodes.", AdminViews.Silos),
            Drain(),
        };
        return admin;
    }

    private static Command Report(string name, string description, Func<ClusterReport, AdminView> view)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((parsed, cancellation) => AskAsync(
            parsed,
            async admin =>
            {
                var seen = view(await admin.GetReportAsync());
                await seen.WriteAsync(parsed.InvocationConfiguration.Output, parsed.GetValue(Json));
                return 0;
            },
            cancellation));
        return command;
    }

    private static Command Drain()
    {
        var silo = new Argument<string>("SILO") { Description = "The node's name or address, as 'admin silos' shows it." };
        var command = new Command("drain", "Sends a gateway's clients to the others and lets it take no new ones.")
        {
            silo,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellation) => AskAsync(
            parsed,
            async admin =>
            {
                var name = parsed.GetRequiredValue(silo);
                var found = await admin.DrainGatewayAsync(name);
                await AdminViews.Drained(name, found).WriteAsync(parsed.InvocationConfiguration.Output, parsed.GetValue(Json));
                return found ? 0 : CommandLine.ExitNotFound;
            },
            cancellation));
        return command;
    }

    private static async Task<int> AskAsync(
        ParseResult parsed, Func<IClusterAdminGrain, Task<int>> ask, CancellationToken cancellation)
    {
        if (!ConfigurationArguments.TryTake(parsed, out var configuration))
        {
            return GatewayHost.ExitFailed;
        }
        return await AdminClient.RunAsync(
            configuration, ask, parsed.InvocationConfiguration.Error, cancellation);
    }
}
