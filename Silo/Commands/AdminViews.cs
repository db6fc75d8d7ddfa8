using System.Globalization;
using System.Text.Json.Nodes;
using Camdiv.Grains;
using Camdiv.Matchmaking;

namespace Camdiv.Silo.Commands;

/// <summary>What each <c>admin</c> command shows of a cluster's report.</summary>
internal static class AdminViews
{
    public static AdminView Online(ClusterReport report) => ByGateway(report, "online", gateway => gateway.Online);

    public static AdminView Rooms(ClusterReport report) => ByGateway(report, "rooms", gateway => gateway.Rooms);

    public static AdminView Searching(ClusterReport report)
    {
        var rows = new List<string[]>();
        var json = new JsonObject();
        var notes = new List<string>();
        for (var i = 0; i < report.Queues.Length; i++)
        {
            var chat = ((ChatType)i).ToString().ToLowerInvariant();
            if (report.Queues[i] is not { } queue)
            {
                notes.Add($"The queue for {chat} does not answer.");
                json[chat] = null;
                continue;
            }
            rows.Add([chat, Text(queue.Waiting), Text(queue.Parked), Text(queue.Matched),
                Text(queue.CheckFailed + queue.RecheckFailed), queue.Silo]);
            json[chat] = new JsonObject
            {
                ["waiting"] = queue.Waiting,
                ["parked"] = queue.Parked,
                ["matched"] = queue.Matched,
                ["checkFailed"] = queue.CheckFailed,
                ["recheckFailed"] = queue.RecheckFailed,
                ["silo"] = queue.Silo,
            };
        }
        return new AdminView(["chat ", "waiting", "parked", "matched", "ghosts avoided", "silo "], rows, notes, json);
    }

    public static AdminView Silos(ClusterReport report)
    {
        var draining = report.Gateways.Where(gateway => gateway.Draining).Select(gateway => gateway.Host.Value).ToHashSet();
        var answered = report.Gateways.Select(gateway => gateway.Host.Value).ToHashSet();
        var rows = report.Silos
            .Select(silo => new[] { silo.Name, RolesOf(silo), silo.Silo, silo.Status, GatewayState(silo, answered, draining) })
            .ToList();
        var json = new JsonArray([.. report.Silos.Select(silo => new JsonObject
        {
            ["name"] = silo.Name,
            ["roles"] = RolesOf(silo),
            ["silo"] = silo.Silo,
            ["status"] = silo.Status,
            ["gateway"] = GatewayState(silo, answered, draining),
        })]);
        return new AdminView(["name ", "roles ", "silo ", "status ", "gateway "], rows, [], json);
    }

    public static AdminView Drained(string silo, bool found) => new(
        [],
        [],
        [found ? $"{silo} sends its clients elsewhere." : $"No live gateway is called {silo}; see 'admin silos'."],
        new JsonObject { ["silo"] = silo, ["draining"] = found });

    private static AdminView ByGateway(ClusterReport report, string what, Func<GatewayStats, int> count)
    {
        var names = report.Silos.ToDictionary(silo => silo.Silo, silo => silo.Name);
        var gateways = report.Gateways
            .Select(gateway => (
                Name: names.GetValueOrDefault(gateway.Host.Value, "?"), Silo: gateway.Host.Value, Count: count(gateway)))
            .OrderBy(gateway => gateway.Name, StringComparer.Ordinal)
            .ToList();
        var total = gateways.Sum(gateway => gateway.Count);
        var silent = Silent(report);
        var json = new JsonObject
        {
            ["total"] = total,
            ["gateways"] = new JsonArray([.. gateways.Select(gateway => new JsonObject
            {
                ["name"] = gateway.Name,
                ["silo"] = gateway.Silo,
                [what] = gateway.Count,
            })]),
            ["silent"] = new JsonArray([.. silent.Select(name => JsonValue.Create(name))]),
        };
        return new AdminView(
            ["gateway ", "silo ", what],
            [.. gateways.Select(gateway => new[] { gateway.Name, gateway.Silo, Text(gateway.Count) }), ["total", "", Text(total)]],
            [.. silent.Select(name => $"{name} does not answer; its share is missing.")],
            json);
    }

    private static List<string> Silent(ClusterReport report)
    {
        var answered = report.Gateways.Select(gateway => gateway.Host.Value).ToHashSet();
        return [.. report.Silos
            .Where(silo => silo.Status == "Active" && SiloRoles.IsGateway(silo.Name) && !answered.Contains(silo.Silo))
            .Select(silo => silo.Name)];
    }

    private static string RolesOf(SiloReport silo) =>
        (SiloRoles.IsMatchmaker(silo.Name), SiloRoles.IsGateway(silo.Name)) switch
        {
            (true, true) => "matchmaker, gateway",
            (true, false) => "matchmaker",
            _ => "gateway",
        };

    private static string GatewayState(SiloReport silo, HashSet<string> answered, HashSet<string> draining) =>
        !SiloRoles.IsGateway(silo.Name) ? "-"
        : draining.Contains(silo.Silo) ? "draining"
        : answered.Contains(silo.Silo) ? "serving"
        : "silent";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
