using System.CommandLine;

namespace Camdiv.Tests.Load.Cluster;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        var matchmakers = new Option<int>("--matchmakers") { Description = "Matchmaker silos; 0: every gateway is one too.", DefaultValueFactory = _ => 0 };
        var gateways = new Option<int>("--gateways") { Description = "Gateway silos.", DefaultValueFactory = _ => 1 };
        var users = new Option<int>("--users") { Description = "Simulated users.", DefaultValueFactory = _ => 4_000 };
        var rate = new Option<double>("--rate") { Description = "Matches per second asked; 0: saturation.", DefaultValueFactory = _ => 0 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds measured.", DefaultValueFactory = _ => 10 };
        var rooms = new Option<int>("--rooms") { Description = "Rooms that span both gateways.", DefaultValueFactory = _ => 100 };
        var bytes = new Option<int>("--bytes") { Description = "Bytes per frame.", DefaultValueFactory = _ => 1_500 };

        var match = new Command("match", "Matches per second, CPU per match and time to match, without sockets.") { matchmakers, gateways, users, rate, seconds };
        match.SetAction((parsed, _) => MatchBenchmark.RunAsync(
            parsed.GetValue(matchmakers), parsed.GetValue(gateways), parsed.GetValue(users), parsed.GetValue(rate), parsed.GetValue(seconds)));
        var relay = new Command("relay", "CPU per frame between two gateway silos, without sockets.") { rooms, bytes, seconds };
        relay.SetAction((parsed, _) => RelayBenchmark.RunAsync(parsed.GetValue(rooms), parsed.GetValue(bytes), parsed.GetValue(seconds)));
        return new RootCommand("The cluster engine under load.") { match, relay, RunCommand.Create() }.Parse(args).InvokeAsync();
    }
}
